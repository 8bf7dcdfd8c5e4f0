/// Calls of all operations.
enum GatewaySeeds {
    static let all: [(name: String, bytes: [UInt8])] = texts.map {
        ($0.0, Array($0.1.joined(separator: "\n").utf8))
    }

    private static let texts: [(String, [String])] = [
        (
            "encrypt",
            [
                #"Encrypt {"KeyId":"alias/aes","Plaintext":"aGVsbG8=","EncryptionContext":{"a":"b"}}"#,
                #"Decrypt {"CiphertextBlob":"$C","EncryptionContext":{"a":"b"},"KeyId":"alias/aes"}"#,
                #"ReEncrypt {"CiphertextBlob":"$C","SourceEncryptionContext":{"a":"b"},"DestinationKeyId":"alias/multi"}"#,
                #"Decrypt {"CiphertextBlob":"$C","DryRun":true,"EncryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#,
            ]
        ),
        (
            "data-keys",
            [
                #"GenerateDataKey {"KeyId":"alias/aes","KeySpec":"AES_256"}"#,
                #"GenerateDataKeyWithoutPlaintext {"KeyId":"alias/aes","NumberOfBytes":1024}"#,
                #"GenerateDataKeyPair {"KeyId":"alias/aes","KeyPairSpec":"ECC_NIST_P256"}"#,
                #"GenerateDataKeyPairWithoutPlaintext {"KeyId":"alias/aes","KeyPairSpec":"ECC_NIST_EDWARDS25519"}"#,
                #"GenerateRandom {"NumberOfBytes":16}"#,
            ]
        ),
        (
            "sign",
            [
                #"Sign {"KeyId":"alias/sign","Message":"aGVsbG8=","SigningAlgorithm":"ECDSA_SHA_256","MessageType":"RAW"}"#,
                #"Verify {"KeyId":"alias/sign","Message":"aGVsbG8=","Signature":"$S","SigningAlgorithm":"ECDSA_SHA_256"}"#,
                #"GetPublicKey {"KeyId":"alias/agree"}"#,
                #"DeriveSharedSecret {"KeyId":"alias/agree","KeyAgreementAlgorithm":"ECDH","PublicKey":"$P"}"#,
            ]
        ),
        (
            "mac",
            [
                #"GenerateMac {"KeyId":"alias/mac","Message":"aGVsbG8=","MacAlgorithm":"HMAC_SHA_256"}"#,
                #"VerifyMac {"KeyId":"alias/mac","Message":"aGVsbG8=","MacAlgorithm":"HMAC_SHA_256","Mac":"$M"}"#,
            ]
        ),
        (
            "life",
            [
                #"CreateKey {"Description":"d","Tags":[{"TagKey":"a","TagValue":"b"}],"MultiRegion":true}"#,
                #"DescribeKey {"KeyId":"$K","GrantTokens":["x"]}"#, #"DisableKey {"KeyId":"$K"}"#,
                #"EnableKey {"KeyId":"$K"}"#, #"UpdateKeyDescription {"KeyId":"$K","Description":"é"}"#,
                #"ReplicateKey {"KeyId":"$K","ReplicaRegion":"eu-west-1"}"#,
                #"UpdatePrimaryRegion {"KeyId":"$K","PrimaryRegion":"eu-west-1"}"#,
                #"ScheduleKeyDeletion {"KeyId":"$K","PendingWindowInDays":7}"#,
            ]
        ),
        (
            "deletion",
            [
                #"CreateKey {"Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}]}"}"#,
                #"ScheduleKeyDeletion {"KeyId":"$K"}"#, #"CancelKeyDeletion {"KeyId":"$K"}"#,
                #"EnableKeyRotation {"KeyId":"$K","RotationPeriodInDays":90}"#,
                #"GetKeyRotationStatus {"KeyId":"$K"}"#,
                #"RotateKeyOnDemand {"KeyId":"$K"}"#, #"ListKeyRotations {"KeyId":"$K","Limit":1}"#,
                #"DisableKeyRotation {"KeyId":"$K"}"#,
            ]
        ),
        (
            "grants",
            [
                #"DescribeKey {"KeyId":"alias/aes"}"#,
                #"CreateGrant {"KeyId":"$K","GranteePrincipal":"arn:aws:iam::111122223333:root","Operations":["Encrypt","Decrypt"],"Constraints":{"EncryptionContextSubset":{"a":"b"}},"Name":"n"}"#,
                #"ListGrants {"KeyId":"$K","Limit":1,"GrantId":"$G"}"#,
                #"ListRetirableGrants {"RetiringPrincipal":"arn:aws:iam::111122223333:root"}"#,
                #"RetireGrant {"GrantToken":"$T"}"#, #"RevokeGrant {"KeyId":"$K","GrantId":"$G"}"#,
            ]
        ),
        (
            "policies",
            [
                #"DescribeKey {"KeyId":"alias/aes"}"#,
                #"PutKeyPolicy {"KeyId":"$K","PolicyName":"default","Policy":"{\"Statement\":[]}","BypassPolicyLockoutSafetyCheck":false}"#,
                #"GetKeyPolicy {"KeyId":"$K","PolicyName":"default"}"#, #"ListKeyPolicies {"KeyId":"$K"}"#,
                #"TagResource {"KeyId":"$K","Tags":[{"TagKey":"k","TagValue":"v"}]}"#,
                #"ListResourceTags {"KeyId":"$K","Limit":50}"#,
                #"UntagResource {"KeyId":"$K","TagKeys":["k"]}"#,
                #"GetKeyLastUsage {"KeyId":"$K"}"#,
            ]
        ),
        (
            "lists",
            [
                #"ListKeys {"Limit":1}"#, #"ListKeys {"Limit":2,"Marker":"$N"}"#, #"ListAliases {"Limit":1}"#,
                #"ListAliases {"KeyId":"alias/aes","Marker":"$N"}"#,
                #"CreateAlias {"AliasName":"alias/x/y","TargetKeyId":"$K"}"#,
                #"UpdateAlias {"AliasName":"alias/x/y","TargetKeyId":"$K"}"#,
                #"DeleteAlias {"AliasName":"alias/x/y"}"#,
            ]
        ),
        (
            "import",
            [
                #"DescribeKey {"KeyId":"alias/outside"}"#,
                #"ImportKeyMaterial {"KeyId":"$K","ImportToken":"aGVsbG8=","EncryptedKeyMaterial":"aGVsbG8=","ValidTo":1795100000.5,"ExpirationModel":"KEY_MATERIAL_EXPIRES"}"#,
                #"DeleteImportedKeyMaterial {"KeyId":"$K"}"#,
                #"Encrypt {"KeyId":"alias/outside","Plaintext":""}"#,
            ]
        ),
        (
            "stores",
            [
                #"CreateCustomKeyStore {"CustomKeyStoreName":"n"}"#, #"DescribeCustomKeyStores {}"#,
                #"ConnectCustomKeyStore {"CustomKeyStoreId":"c"}"#,
                #"DeleteCustomKeyStore {"CustomKeyStoreId":"c"}"#,
                #"DisconnectCustomKeyStore {"CustomKeyStoreId":"c"}"#,
                #"UpdateCustomKeyStore {"CustomKeyStoreId":"c"}"#,
                #"Nothing {}"#, #"ListKeys"#,
            ]
        ),
        (
            "rules",
            [
                #"AWSEvents.PutRule {"Name":"r","EventPattern":"{\"source\":[\"aws.kms\"]}","State":"ENABLED"}"#,
                #"AWSEvents.PutTargets {"Rule":"r","Targets":[{"Id":"1","Arn":"arn:aws:sns:us-east-1:111122223333:t","InputTransformer":{"InputPathsMap":{"v":"$.detail"},"InputTemplate":"\"<v>\""}}]}"#,
                #"AWSEvents.ListRules {"Limit":1}"#,
                #"AWSEvents.ListTargetsByRule {"Rule":"r","Limit":1}"#,
                #"AWSEvents.TestEventPattern {"EventPattern":"{\"detail\":{\"a\":[1]}}","Event":"{\"id\":\"1\",\"account\":\"111122223333\",\"source\":\"s\",\"time\":\"2026-11-18T11:06:40Z\",\"region\":\"us-east-1\",\"resources\":[],\"detail-type\":\"d\",\"detail\":{\"a\":1}}"}"#,
                #"AWSEvents.PutEvents {"Entries":[{"Source":"s","DetailType":"d","Detail":"{}"}]}"#,
                #"AWSEvents.RemoveTargets {"Rule":"r","Ids":["1"]}"#, #"AWSEvents.DeleteRule {"Name":"r"}"#,
            ]
        ),
        (
            "secrets",
            [
                #"secretsmanager.CreateSecret {"Name":"a/b","SecretString":"{\"p\":1}","Tags":[{"Key":"k","Value":"v"}]}"#,
                #"secretsmanager.PutSecretValue {"SecretId":"a/b","SecretBinary":"aGVsbG8=","VersionStages":["AWSPENDING"]}"#,
                #"secretsmanager.GetSecretValue {"SecretId":"a/b","VersionStage":"AWSCURRENT"}"#,
                #"secretsmanager.PutResourcePolicy {"SecretId":"a/b","ResourcePolicy":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"secretsmanager:DeleteSecret\",\"Resource\":\"*\"}}","BlockPublicPolicy":true}"#,
                #"secretsmanager.ListSecrets {"Filters":[{"Key":"name","Values":["a"]}],"MaxResults":1,"SortOrder":"asc"}"#,
                #"secretsmanager.BatchGetSecretValue {"SecretIdList":["a/b","c"]}"#,
                #"secretsmanager.GetRandomPassword {"PasswordLength":20,"ExcludeCharacters":"abc"}"#,
                #"secretsmanager.DeleteSecret {"SecretId":"a/b","RecoveryWindowInDays":7}"#,
            ]
        ),
        (
            "history",
            [
                #"ListKeys {}"#, #"ListKeys {}"#,
                #"com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents {"MaxResults":1,"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"ListKeys"}]}"#,
                #"com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents {"MaxResults":1,"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"ListKeys"}],"NextToken":"$X"}"#,
                #"com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListPublicKeys {}"#,
                #"com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.DescribeTrails {}"#,
            ]
        ),
    ]
}
