import Testing

@testable import Authorization

@Suite("Condition operators")
struct ConditionOperatorTests {
    /// A condition over the key `s3:x`, the value in the request, and whether it holds.
    struct Row: Sendable, CustomTestStringConvertible {
        let conditionOperator: String
        let listed: String
        let value: String
        let holds: Bool

        init(_ conditionOperator: String, _ listed: String, _ value: String, _ holds: Bool) {
            self.conditionOperator = conditionOperator
            self.listed = listed
            self.value = value
            self.holds = holds
        }

        var testDescription: String { "\(conditionOperator) \(listed) with \(value)" }
    }

    static let rows: [Row] = [
        Row("StringEquals", #""a""#, "a", true), Row("StringEquals", #""a""#, "A", false),
        Row("StringEquals", #""a*""#, "ab", false), Row("StringEquals", #"["b","a"]"#, "a", true),
        Row("StringEquals", #""é""#, "e\u{301}", false), Row("StringEquals", "5", "5", true),
        Row("StringNotEquals", #""a""#, "b", true), Row("StringNotEquals", #"["b","a"]"#, "a", false),
        Row("StringNotEquals", #"["b","a"]"#, "c", true),
        Row("StringEqualsIgnoreCase", #""aÉ""#, "Aé", true),
        Row("StringEqualsIgnoreCase", #""a""#, "b", false),
        Row("StringNotEqualsIgnoreCase", #""a""#, "A", false),
        Row("StringNotEqualsIgnoreCase", #""a""#, "b", true),
        Row("StringLike", #""a*c?""#, "abbcd", true), Row("StringLike", #""a*""#, "Ab", false),
        Row("StringNotLike", #""a*""#, "ab", false), Row("StringNotLike", #""a*""#, "b", true),
        Row("NumericEquals", "10", "10.0", true), Row("NumericEquals", #"["1","2"]"#, "2", true),
        Row("NumericNotEquals", "10", "10", false), Row("NumericNotEquals", "10", "11", true),
        Row("NumericLessThan", "10", "9", true), Row("NumericLessThan", "10", "10", false),
        Row("NumericLessThanEquals", "10", "10", true), Row("NumericLessThanEquals", "10", "11", false),
        Row("NumericGreaterThan", "10", "11", true), Row("NumericGreaterThan", "10", "10", false),
        Row("NumericGreaterThanEquals", "10", "10", true), Row("NumericGreaterThanEquals", "10", "9", false),
        Row("DateEquals", #""2026-01-01""#, "1767225600", true),
        Row("DateNotEquals", #""2026-01-01""#, "1767225600", false),
        Row("DateNotEquals", #""2026-01-01""#, "1767225601", true),
        Row("DateLessThan", #""2026-01-01T00:00:00Z""#, "2025-12-31T23:59:59Z", true),
        Row("DateLessThan", #""2026-01-01""#, "2026-01-01", false),
        Row("DateLessThanEquals", #""2026-01-01""#, "2026-01-01", true),
        Row("DateGreaterThan", "1767225600", "2026-01-02", true),
        Row("DateGreaterThan", #""2026-01-01""#, "2026-01-01", false),
        Row("DateGreaterThanEquals", #""2026-01-01""#, "2026-01-01", true),
        Row("Bool", "true", "true", true), Row("Bool", #""True""#, "true", true),
        Row("Bool", "false", "true", false),
        Row("BinaryEquals", #""Zm9v""#, "Zm9v", true), Row("BinaryEquals", #""Zm9v""#, "Zm8=", false),
        Row("IpAddress", #""10.0.0.0/8""#, "10.1.2.3", true),
        Row("IpAddress", #""10.0.0.0/8""#, "11.1.2.3", false),
        Row("NotIpAddress", #"["10.0.0.0/8","::1"]"#, "10.1.2.3", false),
        Row("NotIpAddress", #"["10.0.0.0/8","::1"]"#, "2001:db8::", true),
        Row("ArnEquals", #""arn:aws:iam::*:role/a*""#, "arn:aws:iam::111122223333:role/ab", true),
        Row("ArnLike", #""arn:aws:iam::*:role/a*""#, "arn:aws:iam::111122223333:role/b", false),
        Row("ArnNotEquals", #""arn:aws:iam::*:role/a""#, "arn:aws:iam::111122223333:role/a", false),
        Row("ArnNotLike", #""arn:aws:iam::*:role/a""#, "arn:aws:iam::111122223333:role/b", true),
    ]

    @Test(arguments: rows)
    func `compares the value of the request with the listed ones`(row: Row) throws {
        let condition = #""\#(row.conditionOperator)":{"s3:x":\#(row.listed)}"#
        let context = DictionaryContext(["s3:x": .single(row.value)])
        #expect(try Scenario.holds(condition, context: context) == row.holds)
        #expect(try Scenario.holds(condition, effect: .deny, context: context) == row.holds)
    }

    @Test(arguments: ConditionOperator.Kind.allCases.filter { $0 != .null })
    func `takes a missing key as false, and as true when negated or IfExists`(
        kind: ConditionOperator.Kind
    ) throws {
        let listed = Self.listed(kind)
        #expect(try Scenario.holds(#""\#(kind.rawValue)":{"s3:x":\#(listed)}"#) == kind.isNegated)
        #expect(try Scenario.holds(#""\#(kind.rawValue)IfExists":{"s3:x":\#(listed)}"#))
        #expect(try Scenario.holds(#""ForAllValues:\#(kind.rawValue)":{"s3:x":\#(listed)}"#))
        #expect(try !Scenario.holds(#""ForAnyValue:\#(kind.rawValue)":{"s3:x":\#(listed)}"#))
        #expect(try Scenario.holds(#""ForAnyValue:\#(kind.rawValue)IfExists":{"s3:x":\#(listed)}"#))
        #expect(try Scenario.holds(#""ForAllValues:\#(kind.rawValue)IfExists":{"s3:x":\#(listed)}"#))
    }

    @Test(arguments: ConditionOperator.Kind.allCases)
    func `is written as it is read`(kind: ConditionOperator.Kind) {
        let names = kind == .null ? ["Null"] : [kind.rawValue, "ForAnyValue:\(kind.rawValue)IfExists"]
        for name in names { #expect(ConditionOperator(parsing: name)?.name == name) }
    }

    @Test(arguments: [
        "NumericEquals", "NumericLessThan", "DateEquals", "DateGreaterThan", "Bool", "BinaryEquals",
        "IpAddress",
        "ArnLike", "NumericNotEquals", "DateNotEquals", "NotIpAddress", "ArnNotLike",
    ])
    func `never allows and always denies a value of the wrong type`(name: String) throws {
        let kind = try #require(ConditionOperator.Kind(rawValue: name))
        for prefix in ["", "ForAnyValue:"] {
            let condition = #""\#(prefix)\#(name)":{"s3:x":\#(Self.listed(kind))}"#
            let context = DictionaryContext(["s3:x": .single("¿what?")])
            #expect(try !Scenario.holds(condition, context: context))
            #expect(try Scenario.holds(condition, effect: .deny, context: context))
        }
    }

    @Test(arguments: [
        "StringIs", "stringequals", "Null:StringEquals", "ForAllValues:Null", "NullIfExists", "IfExists", "",
        "ForAnyValue:", "ForAllValues:ForAnyValue:StringEquals", "StringEqualsIfExistsIfExists",
    ])
    func `refuses an operator that AWS does not have`(name: String) {
        #expect(throws: PolicyError.unknownOperator(name)) {
            try Scenario.holds(#""\#(name)":{"s3:x":"true"}"#)
        }
    }

    @Test(arguments: [
        ("NumericEquals", "ten"), ("DateLessThan", "yesterday"), ("Bool", "yes"), ("BinaryEquals", "Zg"),
        ("IpAddress", "10.0.0.0/40"), ("ArnLike", "role/a"), ("Null", "maybe"), ("NumericEquals", "${s3:y}"),
    ])
    func `refuses a listed value of the wrong type`(name: String, value: String) {
        #expect(throws: PolicyError.invalidConditionValue(conditionOperator: name, value: value)) {
            try Scenario.holds(#""\#(name)":{"s3:x":["\#(value)"]}"#)
        }
    }

    private static func listed(_ kind: ConditionOperator.Kind) -> String {
        switch kind.rawValue {
        case let name where name.hasPrefix("Arn"): #""arn:aws:s3:::b""#
        case let name where name.hasSuffix("IpAddress"): #""10.0.0.0/8""#
        case "Bool": "true"
        case "BinaryEquals": #""Zm9v""#
        default: "1"
        }
    }
}

@Suite("Condition sets")
struct ConditionSetTests {
    @Test(arguments: [
        ("ForAllValues:StringEquals", ["a"], true), ("ForAllValues:StringEquals", ["a", "b"], true),
        ("ForAllValues:StringEquals", ["a", "c"], false), ("ForAllValues:StringEquals", [], true),
        ("ForAllValues:StringEquals", [""], true),
        ("ForAllValues:StringNotEquals", ["c", "d"], true),
        ("ForAllValues:StringNotEquals", ["c", "a"], false),
        ("ForAnyValue:StringEquals", ["c", "a"], true), ("ForAnyValue:StringEquals", ["c"], false),
        ("ForAnyValue:StringEquals", [], false), ("ForAnyValue:StringEquals", [""], false),
        ("ForAnyValue:StringNotEquals", ["a", "c"], true),
        ("ForAnyValue:StringNotEquals", ["a", "b"], false),
        ("StringEquals", [], false), ("StringNotEquals", [], true), ("StringEqualsIfExists", [], true),
    ])
    func `reads several values by their qualifier`(name: String, values: [String], expected: Bool) throws {
        let condition = #""\#(name)":{"aws:TagKeys":["a","b"]}"#
        let context = DictionaryContext(["aws:tagkeys": .multiple(values)])
        #expect(try Scenario.holds(condition, context: context) == expected)
    }

    @Test func `without a qualifier needs all values to allow and one to deny`() throws {
        let context = DictionaryContext(["aws:TagKeys": .multiple(["a", "c"])])
        let equals = #""StringEquals":{"aws:TagKeys":["a","b"]}"#
        let notEquals = #""StringNotEquals":{"aws:TagKeys":["a","b"]}"#
        #expect(try !Scenario.holds(equals, context: context))
        #expect(try Scenario.holds(equals, effect: .deny, context: context))
        #expect(try !Scenario.holds(notEquals, context: context))
        #expect(try Scenario.holds(notEquals, effect: .deny, context: context))
    }

    @Test(
        arguments: [
            ("true", nil, true), ("false", nil, false), ("true", .single("v"), false),
            ("false", .single("v"), true),
            ("true", .multiple([]), true), ("false", .single(""), true),
        ] as [(String, ConditionValues?, Bool)]
    )
    func `Null tests whether the key is there`(
        listed: String,
        values: ConditionValues?,
        expected: Bool
    ) throws {
        var context = DictionaryContext()
        context.values["s3:x"] = values
        for spelling in [listed, "\"\(listed)\""] {
            #expect(try Scenario.holds(#""Null":{"s3:x":\#(spelling)}"#, context: context) == expected)
        }
    }

    @Test func `needs every operator and every key`() throws {
        let context = DictionaryContext(["s3:x": .single("1"), "s3:y": .single("2")])
        #expect(try Scenario.holds(#""StringEquals":{"s3:x":"1","s3:y":"2"}"#, context: context))
        #expect(try !Scenario.holds(#""StringEquals":{"s3:x":"1","s3:y":"3"}"#, context: context))
        #expect(
            try Scenario.holds(
                #""StringEquals":{"s3:x":"1"},"NumericLessThan":{"s3:y":3}"#,
                context: context
            )
        )
        #expect(
            try !Scenario.holds(
                #""StringEquals":{"s3:x":"1"},"NumericLessThan":{"s3:y":2}"#,
                context: context
            )
        )
    }
}

@Suite("ConditionKey")
struct ConditionKeyTests {
    @Test(arguments: [
        ("aws:SourceIp", "AWS:sourceip", true),
        ("aws:ResourceTag/Team", "aws:resourcetag/team", true),
        ("aws:ResourceTag/Team", "aws:ResourceTag/Tea", false),
        ("kms:EncryptionContext:App", "KMS:encryptioncontext:App", true),
        ("kms:EncryptionContext:App", "kms:EncryptionContext:app", true),
        ("kms:RecipientAttestation:PCR0", "kms:recipientattestation:pcr0", true),
        ("accounts.google.com:sub", "accounts.google.com:Sub", true),
    ])
    func `compares names without case, and encryption context keys with it`(
        left: String,
        right: String,
        equal: Bool
    ) {
        #expect((ConditionKey(left) == ConditionKey(right)) == equal)
    }

    @Test func `splits tag keys and encryption context keys off, with their case`() {
        #expect(ConditionKey("aws:PrincipalTag/Cost/Center").suffix == "Cost/Center")
        #expect(ConditionKey("aws:PrincipalTag/Cost/Center").global == .principalTag)
        #expect(ConditionKey("kms:EncryptionContext:aws:s3:arn").suffix == "aws:s3:arn")
        #expect(ConditionKey("kms:EncryptionContext:aws:s3:arn").name == "kms:encryptioncontext")
        #expect(ConditionKey("oidc.example.com/id/ABC:sub").suffix == nil)
        #expect(ConditionKey("aws:PrincipalTag").global == nil)
        #expect(ConditionKey("aws:SourceIp/x").global == nil)
    }

    @Test(arguments: ["", ":", "aws:", ":x", "SourceIp", "aws:${x}", String(repeating: "a:", count: 5_000)])
    func `refuses names without a service prefix`(name: String) {
        #expect(ConditionKey(parsing: name) == nil)
    }
}
