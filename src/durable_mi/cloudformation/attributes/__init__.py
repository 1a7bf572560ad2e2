"""What ``Ref`` and ``Fn::GetAtt`` return for a resource type: a name, an ARN, a URL, an id."""
