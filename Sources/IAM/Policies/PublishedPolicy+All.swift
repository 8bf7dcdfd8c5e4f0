extension PublishedPolicy {
    static let all = [
        administratorAccess, readOnlyAccess, securityAudit, amazonS3FullAccess, amazonS3ReadOnlyAccess,
        awsKeyManagementServicePowerUser, secretsManagerReadWrite, iamFullAccess, iamReadOnlyAccess,
    ]

    private static let administratorAccess = PublishedPolicy(
        name: "AdministratorAccess",
        id: "ANPAIWMBCKSKIEE64ZLYK",
        description: "Provides full access to AWS services and resources.",
        version: 1,
        createdAt: "2015-02-06T18:39:46Z",
        updatedAt: "2015-02-06T18:39:46Z",
        text: allowing(["*"])
    )

    private static let readOnlyAccess = PublishedPolicy(
        name: "ReadOnlyAccess",
        id: "ANPAILL3HVNFSB6DCOWYQ",
        description: "Provides read-only access to AWS services and resources.",
        version: 1,
        createdAt: "2015-02-06T18:39:48Z",
        updatedAt: "2015-02-06T18:39:48Z",
        text: allowing([
            "cloudtrail:Describe*", "cloudtrail:Get*", "cloudtrail:List*", "cloudtrail:LookupEvents",
            "events:Describe*", "events:List*", "events:Test*", "iam:Generate*", "iam:Get*", "iam:List*",
            "iam:Simulate*", "kms:Describe*", "kms:Get*", "kms:List*", "s3:DescribeJob", "s3:Get*",
            "s3:List*", "secretsmanager:Describe*", "secretsmanager:GetResourcePolicy",
            "secretsmanager:List*", "sns:Check*", "sns:Get*", "sns:List*", "sts:GetAccessKeyInfo",
            "sts:GetCallerIdentity", "sts:GetSessionToken", "tag:Get*",
        ])
    )

    private static let securityAudit = PublishedPolicy(
        name: "SecurityAudit",
        id: "ANPAIX2T3QCXHR2OGGCTO",
        description: "The security audit template grants access to read security configuration metadata. It "
            + "is useful for software that audits the configuration of an AWS account.",
        version: 45,
        createdAt: "2015-02-06T18:41:01Z",
        updatedAt: "2024-10-30T18:36:49Z",
        text: allowing(
            [
                "cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors",
                "cloudtrail:GetInsightSelectors", "cloudtrail:GetTrail", "cloudtrail:GetTrailStatus",
                "cloudtrail:ListTags", "cloudtrail:ListTrails", "cloudtrail:LookupEvents",
                "events:Describe*", "events:List*", "events:TestEventPattern",
                "iam:GenerateCredentialReport", "iam:GenerateServiceLastAccessedDetails", "iam:Get*",
                "iam:List*", "iam:SimulateCustomPolicy", "iam:SimulatePrincipalPolicy", "kms:Describe*",
                "kms:Get*", "kms:List*", "s3:GetAccelerateConfiguration", "s3:GetAccessPoint",
                "s3:GetAccessPointPolicy", "s3:GetAccessPointPolicyStatus",
                "s3:GetAccountPublicAccessBlock", "s3:GetAnalyticsConfiguration", "s3:GetBucket*",
                "s3:GetEncryptionConfiguration", "s3:GetInventoryConfiguration",
                "s3:GetLifecycleConfiguration", "s3:GetMetricsConfiguration",
                "s3:GetMultiRegionAccessPointPolicy", "s3:GetObjectAcl", "s3:GetObjectVersionAcl",
                "s3:GetReplicationConfiguration", "s3:ListAccessPoints", "s3:ListAllMyBuckets",
                "s3:ListMultiRegionAccessPoints", "secretsmanager:DescribeSecret",
                "secretsmanager:GetResourcePolicy", "secretsmanager:ListSecretVersionIds",
                "secretsmanager:ListSecrets", "sns:GetPlatformApplicationAttributes",
                "sns:GetTopicAttributes", "sns:ListSubscriptions", "sns:ListSubscriptionsByTopic",
                "sns:ListTagsForResource", "sns:ListTopics", "sts:GetAccessKeyInfo", "tag:GetResources",
                "tag:GetTagKeys",
            ],
            sid: "BaseSecurityAuditStatement"
        )
    )

    private static let amazonS3FullAccess = PublishedPolicy(
        name: "AmazonS3FullAccess",
        id: "ANPAIFIR6V6BVTRAHWINE",
        description: "Provides full access to all buckets via the AWS Management Console.",
        version: 2,
        createdAt: "2015-02-06T18:40:58Z",
        updatedAt: "2021-09-27T20:16:37Z",
        text: allowing(["s3:*", "s3-object-lambda:*"])
    )

    private static let amazonS3ReadOnlyAccess = PublishedPolicy(
        name: "AmazonS3ReadOnlyAccess",
        id: "ANPAIZTJ4DXE7G6AGAE6M",
        description: "Provides read only access to all buckets via the AWS Management Console.",
        version: 3,
        createdAt: "2015-02-06T18:40:59Z",
        updatedAt: "2023-08-10T21:31:39Z",
        text: allowing([
            "s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*",
        ])
    )

    private static let awsKeyManagementServicePowerUser = PublishedPolicy(
        name: "AWSKeyManagementServicePowerUser",
        id: "ANPAJNPP7PPPPMJRV2SA4",
        description: "Provides access to AWS Key Management Service (KMS).",
        version: 2,
        createdAt: "2015-02-06T18:40:40Z",
        updatedAt: "2017-03-07T00:55:11Z",
        text: allowing([
            "kms:CreateAlias", "kms:CreateKey", "kms:DeleteAlias", "kms:Describe*", "kms:GenerateRandom",
            "kms:Get*", "kms:List*", "kms:TagResource", "kms:UntagResource", "iam:ListGroups",
            "iam:ListRoles", "iam:ListUsers",
        ])
    )

    private static let iamFullAccess = PublishedPolicy(
        name: "IAMFullAccess",
        id: "ANPAI7XKCFMBPM3QQRRVQ",
        description: "Provides full access to IAM via the AWS Management Console.",
        version: 2,
        createdAt: "2015-02-06T18:40:38Z",
        updatedAt: "2019-06-21T19:40:00Z",
        text: allowing([
            "iam:*", "organizations:DescribeAccount", "organizations:DescribeOrganization",
            "organizations:DescribeOrganizationalUnit", "organizations:DescribePolicy",
            "organizations:ListChildren", "organizations:ListParents",
            "organizations:ListPoliciesForTarget", "organizations:ListRoots",
            "organizations:ListPolicies", "organizations:ListTargetsForPolicy",
        ])
    )

    private static let iamReadOnlyAccess = PublishedPolicy(
        name: "IAMReadOnlyAccess",
        id: "ANPAJKSO7NDY4T57MWDSQ",
        description: "Provides read only access to IAM via the AWS Management Console.",
        version: 4,
        createdAt: "2015-02-06T18:40:39Z",
        updatedAt: "2018-01-25T19:11:27Z",
        text: allowing([
            "iam:GenerateCredentialReport", "iam:GenerateServiceLastAccessedDetails", "iam:Get*",
            "iam:List*", "iam:SimulateCustomPolicy", "iam:SimulatePrincipalPolicy",
        ])
    )

    private static let secretsManagerReadWrite = PublishedPolicy(
        name: "SecretsManagerReadWrite",
        id: "ANPAI3VG7CI5BIQZQ6G2E",
        description: "Provides read/write access to AWS Secrets Manager via the AWS Management Console. "
            + "Note: this exludes IAM actions, so combine with IAMFullAccess if rotation configuration is "
            + "required.",
        version: 6,
        createdAt: "2018-04-04T18:05:29Z",
        updatedAt: "2026-08-25T23:37:10Z",
        text: document([
            statement(
                [
                    "secretsmanager:*", "cloudformation:CreateChangeSet",
                    "cloudformation:DescribeChangeSet", "cloudformation:DescribeStackResource",
                    "cloudformation:DescribeStacks", "cloudformation:ExecuteChangeSet",
                    "docdb-elastic:GetCluster", "docdb-elastic:ListClusters",
                    "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
                    "kms:DescribeKey", "kms:ListAliases", "kms:ListKeys", "lambda:ListFunctions",
                    "rds:DescribeDBClusters", "rds:DescribeDBInstances", "redshift:DescribeClusters",
                    "redshift-serverless:ListWorkgroups", "redshift-serverless:GetNamespace",
                    "tag:GetResources",
                ],
                sid: "BasePermissions"
            ),
            statement(
                [
                    "lambda:AddPermission", "lambda:CreateFunction", "lambda:GetFunction",
                    "lambda:InvokeFunction", "lambda:UpdateFunctionConfiguration",
                ],
                on: ["arn:aws:lambda:*:*:function:SecretsManager*"],
                sid: "LambdaPermissions"
            ),
            statement(
                ["serverlessrepo:CreateCloudFormationChangeSet", "serverlessrepo:GetApplication"],
                on: ["arn:aws:serverlessrepo:*:*:applications/SecretsManager*"],
                sid: "SARPermissions"
            ),
            statement(
                ["s3:GetObject"],
                on: [
                    "arn:aws:s3:::awsserverlessrepo-changesets*",
                    "arn:aws:s3:::secrets-manager-rotation-apps-*/*",
                ],
                sid: "S3Permissions"
            ),
            statement(
                ["cloudformation:TagResource", "cloudformation:UntagResource"],
                sid: "CloudFormationTagOnCreate",
                condition: #"{"StringEquals":{"cloudformation:CreateAction":["CreateChangeSet","#
                    + #""ExecuteChangeSet"]}}"#
            ),
        ])
    )
}

// MARK: Text

extension PublishedPolicy {
    private static func allowing(_ actions: [String], sid: String? = nil) -> String {
        document([statement(actions, sid: sid)])
    }

    private static func document(_ statements: [String]) -> String {
        #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
    }

    private static func statement(
        _ actions: [String],
        on resources: [String] = ["*"],
        sid: String? = nil,
        condition: String? = nil
    ) -> String {
        let name = sid.map { #""Sid":"\#($0)","# } ?? ""
        let condition = condition.map { #","Condition":\#($0)"# } ?? ""
        return
            #"{\#(name)"Effect":"Allow","Action":\#(list(actions)),"Resource":\#(list(resources))\#(condition)}"#
    }

    private static func list(_ texts: [String]) -> String {
        let quoted = texts.map { "\"\($0)\"" }
        return quoted.count == 1 ? quoted[0] : "[\(quoted.joined(separator: ","))]"
    }
}
