/// Calls of IAM, STS and SNS.
enum QuerySeeds {
    static let all: [FuzzTarget.Seed] = texts.map { ($0.0, Array($0.1.joined(separator: "\n").utf8)) }

    private static let anything =
        "%7B%22Version%22:%222012-10-17%22,%22Statement%22:%7B%22Effect%22:%22Allow%22,%22Action%22:%22*%22,"
        + "%22Resource%22:%22*%22%7D%7D"
    private static let trust =
        "%7B%22Version%22:%222012-10-17%22,%22Statement%22:%7B%22Effect%22:%22Allow%22,%22Action%22:"
        + "%22sts:*%22,%22Principal%22:%7B%22AWS%22:%22111122223333%22%7D%7D%7D"
    private static let topic = "TopicArn=arn:aws:sns:us-east-1:111122223333:t"
    private static let policy = "PolicyArn=arn:aws:iam::111122223333:policy/p"

    private static let texts: [(String, [String])] = [
        (
            "users",
            [
                "iam Action=CreateUser&UserName=u&Path=/a/&Tags.member.1.Key=k&Tags.member.1.Value=v",
                "iam Action=PutUserPolicy&UserName=u&PolicyName=p&PolicyDocument=\(anything)",
                "iam Action=CreateAccessKey&UserName=u", "sts* Action=GetCallerIdentity",
                "iam* Action=ListUsers&MaxItems=1", "iam* Action=ListUsers&MaxItems=1&Marker=$M",
                "iam Action=UpdateAccessKey&UserName=u&AccessKeyId=$A&Status=Inactive",
                "iam Action=GetAccessKeyLastUsed&AccessKeyId=$A",
            ]
        ),
        (
            "roles",
            [
                "iam Action=CreateRole&RoleName=r&AssumeRolePolicyDocument=\(trust)&MaxSessionDuration=3600",
                "iam Action=PutRolePolicy&RoleName=r&PolicyName=p&PolicyDocument=\(anything)",
                "iam Action=CreateUser&UserName=w",
                "iam Action=PutUserPolicy&UserName=w&PolicyName=p&PolicyDocument=\(anything)",
                "iam Action=CreateAccessKey&UserName=w",
                "sts* Action=AssumeRole&RoleArn=arn:aws:iam::111122223333:role/r&RoleSessionName=s"
                    + "&DurationSeconds=900&Tags.member.1.Key=k&Tags.member.1.Value=v"
                    + "&TransitiveTagKeys.member.1=k",
                "iam* Action=GetRole&RoleName=r", "sts*? Action=GetCallerIdentity",
            ]
        ),
        (
            "sessions",
            [
                "sts Action=GetFederationToken&Name=bob&Policy=\(anything)&PolicyArns.member.1.arn="
                    + "arn:aws:iam::aws:policy/ReadOnlyAccess",
                "sts* Action=GetCallerIdentity", "sns* Action=ListTopics",
                "sts Action=GetSessionToken&DurationSeconds=900",
                "sts Action=GetAccessKeyInfo&AccessKeyId=$A",
                "sts Action=DecodeAuthorizationMessage&EncodedMessage=a",
                "sts- Action=AssumeRoleWithWebIdentity&RoleArn=arn:aws:iam::111122223333:role/r"
                    + "&RoleSessionName=s&WebIdentityToken=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2kifQ.AA",
                "sts- Action=AssumeRoleWithSAML",
            ]
        ),
        (
            "policies",
            [
                "iam Action=CreatePolicy&PolicyName=p&PolicyDocument=\(anything)",
                "iam Action=CreatePolicyVersion&\(policy)&PolicyDocument=\(trust)&SetAsDefault=true",
                "iam Action=CreatePolicyVersion&\(policy)&PolicyDocument=\(anything)&SetAsDefault=false",
                "iam Action=ListPolicyVersions&\(policy)&MaxItems=1",
                "iam Action=SetDefaultPolicyVersion&\(policy)&VersionId=$V",
                "iam Action=CreateGroup&GroupName=g", "iam Action=AttachGroupPolicy&GroupName=g&\(policy)",
                "iam Action=ListEntitiesForPolicy&\(policy)&EntityFilter=Group",
            ]
        ),
        (
            "account",
            [
                "iam Action=CreateAccountAlias&AccountAlias=alias",
                "iam Action=UpdateAccountPasswordPolicy&MinimumPasswordLength=12&RequireSymbols=true",
                "iam Action=GetAccountPasswordPolicy", "iam Action=GetAccountSummary",
                "iam Action=GetAccountAuthorizationDetails&Filter.member.1=User&MaxItems=2",
                "iam Action=GenerateCredentialReport", "iam Action=GetCredentialReport",
                "iam Action=DeleteAccountAlias&AccountAlias=alias",
            ]
        ),
        (
            "providers",
            [
                "iam Action=CreateOpenIDConnectProvider&Url=https://idp.example.com/t&ClientIDList.member.1=c",
                "iam Action=GetOpenIDConnectProvider&OpenIDConnectProviderArn="
                    + "arn:aws:iam::111122223333:oidc-provider/idp.example.com/t",
                "iam Action=CreateInstanceProfile&InstanceProfileName=i",
                "iam Action=AddRoleToInstanceProfile&InstanceProfileName=i&RoleName=r",
                "iam Action=ListInstanceProfiles&PathPrefix=/",
                "iam Action=CreateVirtualMFADevice&VirtualMFADeviceName=m",
            ]
        ),
        (
            "simulation",
            [
                "iam Action=SimulateCustomPolicy&PolicyInputList.member.1=\(anything)"
                    + "&ActionNames.member.1=kms:Encrypt&ContextEntries.member.1.ContextKeyName=aws:SourceIp"
                    + "&ContextEntries.member.1.ContextKeyType=ip"
                    + "&ContextEntries.member.1.ContextKeyValues.member.1=192.0.2.7",
                "iam Action=GetContextKeysForCustomPolicy&PolicyInputList.member.1=\(anything)",
            ]
        ),
        (
            "topics",
            [
                "sns Action=CreateTopic&Name=t&Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=d"
                    + "&Tags.member.1.Key=k&Tags.member.1.Value=v",
                "sns Action=SetTopicAttributes&\(topic)&AttributeName=DeliveryPolicy&AttributeValue="
                    + "%7B%22http%22:%7B%22defaultHealthyRetryPolicy%22:%7B%22numRetries%22:5%7D%7D%7D",
                "sns Action=AddPermission&\(topic)&Label=l&AWSAccountId.member.1=444455556666"
                    + "&ActionName.member.1=Publish",
                "sns Action=GetTopicAttributes&TopicArn=$T",
                "sns Action=RemovePermission&\(topic)&Label=l", "sns Action=ListTopics&NextToken=$N",
                "sns Action=ListTagsForResource&ResourceArn=$T", "sns Action=DeleteTopic&TopicArn=$T",
            ]
        ),
        (
            "subscriptions",
            [
                "sns Action=CreateTopic&Name=t",
                "sns Action=Subscribe&\(topic)&Protocol=https&Endpoint=https://h.example/a"
                    + "&ReturnSubscriptionArn=true&Attributes.entry.1.key=FilterPolicy"
                    + "&Attributes.entry.1.value=%7B%22a%22:%5B%22b%22%5D%7D",
                "sns Action=SetSubscriptionAttributes&SubscriptionArn=$S&AttributeName=FilterPolicyScope"
                    + "&AttributeValue=MessageBody",
                "sns Action=Publish&\(topic)&Message=m&Subject=s&MessageAttributes.entry.1.Name=a"
                    + "&MessageAttributes.entry.1.Value.DataType=String"
                    + "&MessageAttributes.entry.1.Value.StringValue=b",
                "sns Action=PublishBatch&\(topic)&PublishBatchRequestEntries.member.1.Id=1"
                    + "&PublishBatchRequestEntries.member.1.Message=m",
                "sns Action=GetSubscriptionAttributes&SubscriptionArn=$S",
                "sns- Action=ConfirmSubscription&\(topic)&Token=00ff",
                "sns Action=Unsubscribe&SubscriptionArn=$S",
            ]
        ),
        (
            "forms",
            [
                "iam Action=Nothing", "iam? Action=ListUsers&MaxItems=1", "sts Version=2010-05-08",
                "sns Action=Publish&Message=%00%01%EF%BF%BF%F0%9F%98%80%0D", "iam Action=GetUser&UserName=%GG",
                "iam A.b.c.d.e=1&Action=ListRoles&PathPrefix=%2F&=2", "sts Action=GetCallerIdentity&a=1&a=2",
            ]
        ),
    ]
}
