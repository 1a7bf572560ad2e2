"""What calls of libraries do: which differ each time, read something, change something, or take long."""

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "is_clock",
    "is_idempotent_key",
    "is_payment",
    "is_read",
    "is_sleep",
    "is_unordered",
    "is_write",
    "nondeterministic",
    "takes_no_timeout_by_default",
]

_CLOCK: Final = re.compile(
    r"time\.(?:time|time_ns|monotonic|monotonic_ns|perf_counter|perf_counter_ns|localtime|gmtime|strftime|ctime|asctime)"
    r"|datetime\.(?:datetime|date)\.(?:now|utcnow|today)|(?:pendulum|arrow)\.(?:now|utcnow|today)"
    r"|django\.utils\.timezone\.now|pandas\.Timestamp\.(?:now|utcnow|today)"
)
_RANDOM: Final = re.compile(
    r"uuid\.(?:uuid1|uuid4|uuid6|uuid7)|os\.(?:urandom|getpid|getrandom)|id|object"
    r"|random\.(?:random|randint|randrange|choice|choices|shuffle|sample|uniform|gauss|getrandbits|randbytes|normalvariate"
    r"|triangular|betavariate|expovariate|SystemRandom\(\)\.\w+)"
    r"|random\.Random\(\)\.\w+"
    r"|secrets\.(?:token_hex|token_bytes|token_urlsafe|choice|randbelow|randbits|SystemRandom\(\)\.\w+)"
    r"|numpy\.random\.(?:rand|randn|randint|random|choice|shuffle|permutation|normal|uniform)"
    r"|numpy\.random\.default_rng\(\)\.\w+"
    r"|(?:ulid\.(?:new|ULID)|shortuuid\.uuid|shortuuid\.ShortUUID\(\)\.\w+|nanoid\.generate|cuid\.cuid|ksuid\.ksuid|ksuid\.Ksuid"
    r"|uuid6\.uuid[167]|uuid_utils\.uuid[1467]|ulid\.ULID\(\)|bson\.ObjectId|faker\.Faker\(\)\.\w+)"
    r"|socket\.gethostname|platform\.node|threading\.get_ident"
)
_UNORDERED: Final = re.compile(
    r"os\.(?:listdir|scandir|walk)|glob\.i?glob|pathlib\.Path\(\)(?:\.\w+\(\))*\.(?:iterdir|glob|rglob)"
)

_CLIENT: Final = (
    r"(?:boto3|aioboto3|boto3\.session\.Session\(\)|boto3\.Session\(\)|botocore\.session\.\w+\(\))"
    r"\.(?:client|resource|create_client)\(\)"
)
_BOTO: Final = re.compile(rf"{_CLIENT}(?P<objects>(?:\.\w+\(\)|\.\w+)*)\.(?P<method>\w+)")
_BOTO_READS: Final = re.compile(
    r"(?:get|list|describe|query|scan|head|batch_get|lookup|search|select|filter|retrieve|check|validate|estimate|test|paginate"
    r"|transact_get|batch_describe|receive|poll|download|detect|simulate|assume_role|decrypt|verify|preview|load|all|limit"
    r"|execute_statement)(?:_\w+|$)"
)
_BOTO_NEITHER: Final = re.compile(
    r"get_paginator|get_waiter|wait|wait_until_\w+|can_paginate|generate_presigned_\w+|close|meta|exceptions|Table|Bucket"
    r"|Object|Queue|Topic|[A-Z]\w*|batch_writer|__enter__|__exit__|get_available_subresources|generate_db_auth_token|encrypt"
    r"|generate_data_key\w*|generate_mac|sign|get_queue_by_name"
)
_HTTP_CLIENTS: Final = (
    r"(?:requests(?:\.(?:Session|session)\(\))?|httpx(?:\.(?:Client|AsyncClient)\(\))?|niquests"
    r"|aiohttp\.ClientSession\(\))"
)
_HTTP_READS: Final = re.compile(rf"{_HTTP_CLIENTS}\.(?:get|head|options)")
_HTTP_WRITES: Final = re.compile(rf"{_HTTP_CLIENTS}\.(?:post|put|patch|delete)")
_POOL: Final = re.compile(r"urllib3\.(?:PoolManager\(\)\.)?(?:request|urlopen)")
_READS: Final = re.compile(
    r"aws_lambda_powertools\.utilities\.parameters\.(?:get_\w+|\w+Provider\(\)\.get\w*)"
    r"|aws_lambda_powertools\.utilities\.feature_flags\.FeatureFlags\(\)\.(?:evaluate|get_\w+)"
    r"|urllib\.request\.urlopen|open|io\.open|pathlib\.Path\(\)(?:\.\w+\(\))*\.(?:read_text|read_bytes|exists|is_file|is_dir|stat)"
    r"|os\.path\.(?:exists|isfile|isdir|getmtime|getsize)|os\.stat|os\.(?:listdir|scandir)|glob\.i?glob"
    r"|redis\.(?:Redis|StrictRedis|from_url)\(\)\.(?:get|mget|hget|hgetall|exists|llen|lrange|smembers|ttl|keys)"
    r"|(?:psycopg2?|pymysql|sqlite3|mysql\.connector)\.connect\(\)(?:\.\w+\(\))*\.(?:fetchone|fetchall|fetchmany)"
    r"|ldclient\.get\(\)\.variation"
)
_WRITES: Final = re.compile(
    r"smtplib\.SMTP(?:_SSL)?\(\)\.(?:send_message|sendmail)"
    r"|subprocess\.(?:run|call|check_call|check_output|Popen)|os\.(?:system|popen)"
    r"|redis\.(?:Redis|StrictRedis|from_url)\(\)\.(?:set|setex|incr|incrby|decr|delete|lpush|rpush|publish|hset|sadd|expire|xadd)"
    r"|(?:psycopg2?|pymysql|sqlite3|mysql\.connector)\.connect\(\)(?:\.\w+\(\))*\.(?:execute|executemany|commit)"
    r"|stripe\.(?:\w+\.)*(?:create|capture|confirm|refund|modify|cancel)|stripe\.StripeClient\(\)\.(?:\w+\.)*(?:create|capture|confirm|update)"
    r"|slack_sdk\.(?:WebClient|webhook\.WebhookClient)\(\)\.(?:chat_\w+|send)|twilio\.rest\.Client\(\)\.messages\.create"
    r"|sendgrid\.SendGridAPIClient\(\)\.send|kafka\.KafkaProducer\(\)\.send|pika\.\w+\(\)\.channel\(\)\.basic_publish"
    r"|braintree\.(?:\w+\.)*(?:sale|refund)|confluent_kafka\.Producer\(\)\.produce|pymongo\.MongoClient\(\)(?:\.\w+|\.\w+\(\))*\.(?:insert_one|insert_many|update_one|update_many|delete_one|delete_many|replace_one)"
)
_NO_TIMEOUT: Final = re.compile(
    r"requests(?:\.(?:Session|session)\(\))?\.(?:get|post|put|patch|delete|head|options|request)"
    r"|urllib\.request\.urlopen|http\.client\.HTTPS?Connection"
)
_PAYMENT: Final = re.compile(
    r"(?:^|[^a-z])(?:charge|pay|payment|payments|payout|refund|capture|transfer|debit|withdraw)(?:[^a-z]|$)",
    re.IGNORECASE,
)
_KEY: Final = re.compile(
    r"idempoten|client_?request_?token|client_?token|request_?id|dedup|transaction_?id", re.IGNORECASE
)


def nondeterministic(path: str) -> bool:
    """Return whether a call gives another value each time."""
    return bool(_CLOCK.fullmatch(path) or _RANDOM.fullmatch(path))


def is_clock(path: str) -> bool:
    """Return whether a call reads a clock."""
    return bool(_CLOCK.fullmatch(path))


def is_unordered(path: str) -> bool:
    """Return whether a call lists something in an order of the file system's."""
    return bool(_UNORDERED.fullmatch(path))


def is_read(path: str) -> bool:
    """Return whether a call reads what others can change in the meantime."""
    if match := _BOTO.fullmatch(path):
        method = match["method"]
        return bool(_BOTO_READS.fullmatch(method)) and not _BOTO_NEITHER.fullmatch(method)
    return bool(_HTTP_READS.fullmatch(path) or _READS.fullmatch(path))


def is_write(path: str) -> bool:
    """Return whether a call changes something outside of the process."""
    if match := _BOTO.fullmatch(path):
        method = match["method"]
        return not _BOTO_READS.fullmatch(method) and not _BOTO_NEITHER.fullmatch(method)
    return bool(_HTTP_WRITES.fullmatch(path) or _WRITES.fullmatch(path))


def is_sleep(path: str) -> bool:
    """Return whether a call holds the process for a while."""
    return path in {"time.sleep", "asyncio.sleep", "gevent.sleep", "trio.sleep", "anyio.sleep"}


def takes_no_timeout_by_default(path: str) -> bool:
    """Return whether an HTTP call waits for ever unless it is given a timeout."""
    return bool(_NO_TIMEOUT.fullmatch(path))


def is_payment(name: str) -> bool:
    """Return whether a name speaks of money that moves."""
    return bool(_PAYMENT.search(name.replace("_", " ")))


def is_idempotent_key(name: str) -> bool:
    """Return whether an argument's or a header's name is that of an idempotency key."""
    return bool(_KEY.search(name))
