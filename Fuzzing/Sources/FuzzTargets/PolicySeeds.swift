/// Policies that use every element and most operators, with requests that they apply to.
enum PolicySeeds {
    static let all: [(name: String, bytes: [UInt8])] = texts.map { name, policy, facts in
        (name, Array(([policy] + facts).joined(separator: "\0").utf8))
    }

    private static let texts: [(String, String, [String])] = [
        (
            "key-policy",
            """
            {"Version":"2012-10-17","Id":"k","Statement":[{"Sid":"root","Effect":"Allow","Principal":{"AWS":\
            "arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},{"Effect":"Deny","Principal":"*",\
            "NotAction":["kms:Get*","kms:List?eys"],"Resource":"*","Condition":{"StringNotEqualsIfExists":\
            {"kms:ViaService":["s3.us-east-1.amazonaws.com"]},"Bool":{"aws:SecureTransport":false}}}]}
            """,
            ["kms:Decrypt"]
        ),
        (
            "identity",
            """
            {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["kms:*","s3:Get*"],"NotResource":\
            "arn:aws:kms:*:*:alias/${aws:username}","Condition":{"StringLike":{"aws:PrincipalTag/team":"bl*"},\
            "NumericLessThanEquals":{"s3:max-keys":10},"DateGreaterThan":{"aws:CurrentTime":\
            "2020-01-01T00:00:00Z"},"IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]},\
            "ArnLike":{"aws:SourceArn":"arn:aws:s3:::*"},"Null":{"aws:TokenIssueTime":true},\
            "BinaryEquals":{"kms:x":"aGVsbG8="}}}}
            """,
            [
                "kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/a", "aws:SourceIp=10.1.2.3",
                "s3:max-keys=5.0", "aws:SourceArn=arn:aws:s3:::b", "kms:x=aGVsbG8=",
            ]
        ),
        (
            "sets",
            #"{"Statement":[{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com","AWS":["111122223333"]},"#
                + #""Action":"*","Resource":"*","Condition":{"ForAllValues:StringEqualsIgnoreCase":"#
                + #"{"aws:TagKeys":["a","B"]},"ForAnyValue:StringLike":{"kms:EncryptionContextKeys":["x*"]},"#
                + #""StringEquals":{"kms:EncryptionContext:dept":"it"}}}]}"#,
            [
                "kms:Encrypt", "arn:aws:kms:us-east-1:111122223333:key/a", "aws:TagKeys=a|b",
                "kms:EncryptionContextKeys=xa|y", "kms:EncryptionContext:dept=it",
            ]
        ),
        (
            "variables",
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"#
                + #"["arn:aws:s3:::${aws:PrincipalTag/team, 'none'}/${*}${?}${$}"],"Condition":{"StringNotLike":"#
                + #"{"s3:prefix":["${aws:username}/*"]}}}]}"#,
            ["s3:GetObject", "arn:aws:s3:::blue/*?$", "s3:prefix=bob/x"]
        ),
        (
            "trust",
            #"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"cognito.com","#
                + #""CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},"#
                + #""Action":"sts:AssumeRole"}]}"#,
            ["sts:AssumeRole"]
        ),
    ]
}
