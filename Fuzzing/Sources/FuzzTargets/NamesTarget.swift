import Foundation

@testable import AWSProtocol
@testable import Authorization
@testable import CloudTrail
@testable import Cryptography
@testable import IAM
@testable import KMS
@testable import Operations
@testable import Storage
@testable import Trail

/// Names, ids and times: whatever is read is written as it was.
enum NamesTarget {
    static let target = FuzzTarget(name: "names", bytesMax: 256, run: run) {
        FuzzTarget.seeds([
            ("key-arn", "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
            ("alias-arn", "arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/a/b_c-d"),
            ("role", "arn:aws:iam::111122223333:role/team/Deployer"), ("bucket", "arn:aws:s3:::bucket/a:b"),
            ("multi-region", "mrk-1234abcd12ab34cd56ef1234567890ab"), ("alias", "alias/orders"),
            ("uuid", "1234abcd-12ab-34cd-56ef-1234567890ab"), ("account", "111122223333"),
            ("material", String(repeating: "0123456789abcdef", count: 4)), ("region", "ap-southeast-2"),
            ("basic", "20150830T123600Z"), ("iso", "2015-08-30T12:36:00.123456789Z"),
            ("http", "Sun, 30 Aug 2015 12:36:00 GMT"), ("offset", "2015-08-30T12:36:60.5+01:30"),
            ("epoch", "-1440938160"), ("decimal", "-000123.4500"), ("block", "2001:db8::ffff:1.2.3.4/97"),
            ("block4", "203.0.113.0/24"), ("key", "aws:PrincipalTag/team"),
            ("access", "AKIAIOSFODNN7EXAMPLE"),
            ("segment", "2-0000000017.log"), ("issuer", "https://idp.example.com:8443/tenant/a"),
            ("managed-policy", "arn:aws:iam::aws:policy/service-role/Reader"), ("session", "alice@example.com"),
            ("principal", "AIDAIOSFODNN7EXAMPLEAA"), ("topic", "arn:aws:sns:us-east-1:111122223333:alarms_a-b"),
            (
                "subscription",
                "arn:aws:sns:us-east-1:111122223333:t:1234abcd-12ab-34cd-56ef-1234567890ab"
            ),
            ("rule", "arn:aws:events:us-east-1:111122223333:rule/keys"),
            ("provider", "arn:aws:iam::111122223333:oidc-provider/idp.example.com/tenant"),
        ])
    }

    static func run(_ input: [UInt8]) {
        let text = input.repairedText
        writtenAsRead(ARN.init(_:), text)
        writtenAsRead(AccountID.init(_:), text)
        writtenAsRead(Region.init(_:), text)
        writtenAsRead(RequestID.init(_:), text)
        writtenAsRead(AccessKeyID.init(_:), text)
        writtenAsRead(AliasName.init(_:), text)
        writtenAsRead(SegmentName.init(_:), text)
        writtenAsRead(TrailID.init(_:), text)
        writtenAsRead(ChainHash.init(_:), text)
        identities(text)
        places(text)
        if let id = KeyUniqueID(text) { promise(same(id.text, text), "a key id is written otherwise") }
        if let id = KeyMaterialID(text) { promise(same(id.text, text), "a material id is written otherwise") }
        if let arn = ARN(text) { fields(of: arn, text) }
        times(text)
        conditionValues(text)
        references(text)
    }

    private static func identities(_ text: String) {
        writtenAsRead(IssuerName.init(_:), text)
        writtenAsRead(PolicyARN.init(_:), text)
        writtenAsRead(PrincipalID.init(_:), text)
        writtenAsRead(SessionName.init(_:), text)
        writtenAsRead(UserName.init(_:), text)
        writtenAsRead(PolicyName.init(_:), text)
        if let issuer = IssuerName(url: text) {
            promise(
                same("https://\(issuer)", text) || same("http://\(issuer)", text),
                "an issuer is written as \(issuer), but read from \(text)"
            )
            let key = ConditionKey(issuer.conditionKey("sub"))
            promise(key == ConditionKey("\(issuer):sub"), "an issuer's key is another: \(text)")
            promise(text.contains(issuer.host), "an issuer has the host \(issuer.host): \(text)")
        }
    }

    private static func places(_ text: String) {
        if let topic = TopicLocator(arn: text) { promise(same(topic.arn, text), "\(text) is \(topic.arn)") }
        if let place = SubscriptionLocator(arn: text) { promise(same(place.arn, text), "\(text) is \(place.arn)") }
        if let rule = RuleLocator(arn: text) {
            // Other partitions are this one.
            promise(same(rule.arn, text) || !text.hasPrefix("arn:aws:"), "\(text) is \(rule.arn)")
        }
        if let path = EventPath(text) { promise(path == EventPath(text), "a path is not itself: \(text)") }
    }

    private static func same(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }

    private static func writtenAsRead<Name: CustomStringConvertible>(
        _ read: (String) -> Name?,
        _ text: String
    ) {
        guard let name = read(text) else { return }
        promise(same(name.description, text), "\(Name.self) is written as \(name), but read from \(text)")
    }

    /// An ARN's parts are what stands between its colons, byte by byte, as policies see them.
    private static func fields(of arn: ARN, _ text: String) {
        let fields = Array(text.utf8).pieces(separatedBy: UInt8(ascii: ":"), max: 6).map(\.repairedText)
        promise(
            fields.count == 6 && same(fields[1], arn.partition) && same(fields[2], arn.service)
                && same(fields[3], arn.region?.description ?? "") && same(fields[5], arn.resource),
            "an ARN has other parts than stand between its colons: \(text)"
        )
    }

    private static func times(_ text: String) {
        if let date = Timestamp.parseBasic(text) {
            promise(same(Timestamp.basic(date), text), "\(text) comes back as \(Timestamp.basic(date))")
        }
        if let date = Timestamp.parseHTTP(text) {
            promise(same(Timestamp.http(date), text), "\(text) comes back as \(Timestamp.http(date))")
        }
        if let date = Timestamp.parseISO8601(text), !text.utf8.contains(UInt8(ascii: ".")) {
            promise(same(Timestamp.iso8601(date), text), "\(text) comes back as \(Timestamp.iso8601(date))")
        }
        if let date = EventTime.parse(text.utf8) {
            promise(same(EventTime.text(date), text), "\(text) comes back as \(EventTime.text(date))")
        }
        if let seconds = Double(text) {
            let date = Date(timeIntervalSince1970: seconds)
            var writer = JSONWriter()
            writer.timestamp(date)
            promise(!writer.bytes.isEmpty, "a time is written as nothing")
            promise(Timestamp.basic(date).utf8.count == 16, "a time has no 16 characters")
            _ = Timestamp.http(date)
            _ = Timestamp.cloudTrail(date)
            _ = EventTime.text(date)
        }
    }

    private static func conditionValues(_ text: String) {
        if let number = DecimalNumber(text) {
            promise(number == number && !(number < number), "\(text) is less than itself")
        }
        _ = PolicyInstant(text)
        if let block = AddressBlock(text), let address = AddressBlock(String(text.prefix { $0 != "/" })) {
            // An address of IPv4 that is written as one of IPv6 lies in no block that is wider than IPv4.
            let isMapped = text.lowercased().contains("ffff")
            promise(block.contains(address) || isMapped, "\(text) does not hold its own address")
        }
        if let key = ConditionKey(parsing: text) { promise(key == ConditionKey(text), "a key is not itself") }
        _ = PrincipalPattern(aws: text)
        _ = PrincipalPattern(service: text)
        _ = PrincipalPattern(federated: text)
        _ = PrincipalPattern(canonicalUser: text)
        _ = PrincipalPattern(grantee: text)
    }

    private static let call = Call(
        caller: .root(account: "111122223333"),
        region: certain(Region("us-east-1")),
        now: Date(timeIntervalSince1970: 1_795_000_000),
        source: CallSource(ipAddress: "192.0.2.7", userAgent: "fuzz", tls: nil),
        accessKeyID: nil,
        requestID: .random()
    )

    private static func references(_ text: String) {
        for forms in [KeyReference.Forms.any, .keyOnly] {
            _ = accepted { () throws(KMSError) in try KeyReference(text, accepting: forms, for: call) }
        }
        _ = accepted { () throws(TrailError) in try TrailHead(text) }
        _ = TrailPublicKey(pem: text)
        _ = DueTask(RecordKey(.schedule, text))
    }
}
