import Foundation
import Testing

@testable import Trail

/// Events of all kinds, made from a seed, with what can be looked up of them.
struct LookupScene {
    static let start: TimeInterval = 1_795_236_000
    static let account = "111122223333"

    struct Sample {
        let number: Int
        let seconds: Int
        let attributes: [EventQuery.Attribute]
        let account: String
        let region: String
        let event: [UInt8]
    }

    /// One of four kinds of identity, and the name by which its events are found.
    private static func identity(of user: String, kind: Int) -> (AuditIdentity, username: String?) {
        switch kind {
        case 0:
            return (AuditIdentity(kind: .root, accessKeyID: "AKIAROOT"), "root")
        case 1:
            let identity = AuditIdentity(
                kind: .assumedRole,
                arn: "arn:aws:sts::1:assumed-role/deploy/\(user)",
                accessKeyID: "ASIA\(user.count)",
                sessionContext: AuditIdentity.SessionContext(
                    issuer: AuditIdentity.Issuer(
                        type: "Role",
                        principalID: "AROA",
                        arn: "arn:aws:iam::1:role/deploy",
                        accountID: "1",
                        userName: "deploy"
                    ),
                    creationDate: "2026-11-21T04:39:49Z"
                )
            )
            return (identity, user)
        case 2:
            return (.platform(accountID: "1"), nil)
        default:
            return (AuditIdentity(kind: .iamUser, accessKeyID: "AKIA\(user.count)", userName: user), user)
        }
    }

    static func sample(
        _ number: Int,
        secondsApart: Double = 1.0 / 3,
        using generator: inout SeededGenerator
    ) -> Sample {
        func pick(_ texts: [String]) -> String { texts.randomElement(using: &generator) ?? "" }
        let (identity, username) = identity(
            of: pick(["alice", "bob", #"we"ird\name"#, "étoile"]),
            kind: Int.random(in: 0..<4, using: &generator)
        )
        let seconds = Int(Double(number) * secondsApart) + Int.random(in: -2...2, using: &generator)
        let source = pick(["kms.amazonaws.com", "iam.amazonaws.com"])
        let name = pick(["Encrypt", "Decrypt", "DisableKey"])
        let account = pick([Self.account, Self.account, "444455556666"])
        let region = pick(["us-east-1", "us-east-1", "eu-central-1"])
        let id = EventUUID(high: UInt64(number), low: 7)
        var event = AuditEvent(
            userIdentity: identity.rendered,
            eventTime: Date(timeIntervalSince1970: start + Double(seconds)),
            eventSource: source,
            eventName: name,
            awsRegion: region,
            sourceIPAddress: #"","eventName":"Forged"#,
            userAgent: "x",
            requestID: EventUUID(high: 1, low: 1),
            eventID: id,
            recipientAccountID: account
        )
        event.readOnly = name != "DisableKey"
        event.requestParameters = Array(#"{"number":\#(number),"eventName":"Forged"}"#.utf8)
        var attributes: [EventQuery.Attribute] = [
            .eventSource(source), .eventName(name), .readOnly(event.readOnly),
            .eventID("00000000-0000-\(String(format: "%04x", 0))-0000-000000000007"),
        ]
        attributes[3] = .eventID(text(Array(event.render())).eventID)
        if let username { attributes.append(.username(username)) }
        if let key = identity.accessKeyID { attributes.append(.accessKeyID(key)) }
        for index in 0..<Int.random(in: 0...4, using: &generator) {
            let type = pick(["AWS::KMS::Key", "AWS::IAM::User"])
            let arn = pick((0..<20).map { "arn:aws:kms:us-east-1:1:key/\($0)" })
            event.resources.append(AuditEvent.Resource(accountID: "1", type: type, arn: arn))
            attributes += [.resourceType(type), .resourceName(arn)]
            _ = index
        }
        return Sample(
            number: number,
            seconds: seconds,
            attributes: attributes,
            account: account,
            region: region,
            event: event.render()
        )
    }
}

extension String {
    fileprivate var eventID: String {
        guard let range = range(of: #""eventID":""#) else { return "" }
        return String(self[range.upperBound...].prefix(36))
    }
}

@Suite("TrailIndex")
struct TrailIndexTests {
    let scratch = Scratch()
    let limits = TrailLimits(segmentBytesMax: 30_000)

    private func fill(_ writer: TrailWriter, _ numbers: Range<Int>, seed: UInt64) throws -> [LookupScene
        .Sample]
    {
        var generator = SeededGenerator(seed: seed)
        let samples = numbers.map { LookupScene.sample($0, using: &generator) }
        for sample in samples { try writer.append([sample.event], lane: sample.number % writer.laneCount) }
        return samples
    }

    private func indexAll(_ writer: TrailWriter) throws {
        let index = try TrailIndex(writer)
        while try index.maintain() {}
    }

    private func numbers(_ found: [FoundEvent]) throws -> [Int] {
        try found.map { event in
            let object = try JSONSerialization.jsonObject(with: Data(event.json)) as? [String: Any]
            let parameters = object?["requestParameters"] as? [String: Any]
            return try #require(parameters?["number"] as? Int)
        }
    }

    private func query(
        _ attribute: EventQuery.Attribute? = nil,
        from: Int? = nil,
        through: Int? = nil
    ) -> EventQuery {
        EventQuery(
            account: LookupScene.account,
            region: "us-east-1",
            from: from.map { Date(timeIntervalSince1970: LookupScene.start + Double($0)) },
            through: through.map { Date(timeIntervalSince1970: LookupScene.start + Double($0)) },
            attribute: attribute
        )
    }

    /// What a query must find, by looking at every sample.
    private func expected(_ samples: [LookupScene.Sample], _ query: EventQuery) -> Set<Int> {
        Set(
            samples.filter { sample in
                let time = Date(timeIntervalSince1970: LookupScene.start + Double(sample.seconds))
                return sample.account == query.account && sample.region == query.region
                    && query.from.map { time >= $0 } ?? true && query.through.map { time <= $0 } ?? true
                    && query.attribute.map { sample.attributes.contains($0) } ?? true
            }.map(\.number)
        )
    }

    /// All that a query finds, page by page.
    private func all(_ index: TrailIndex, _ query: EventQuery, page: Int) throws -> [FoundEvent] {
        var found: [FoundEvent] = []
        while true {
            let events = try index.lookup(query, limit: page, after: found.last?.place)
            found += events
            if events.count < page { return found }
        }
    }

    @Test func `finds exactly the events that an attribute means, newest first, page by page`() throws {
        let writer = try scratch.writer(lanes: 3, limits: limits)
        let index = try TrailIndex(writer)
        let samples = try fill(writer, 0..<400, seed: 1)
        #expect(try scratch.segments.count > 10)
        let attributes = Set(samples.prefix(9).flatMap(\.attributes))
        for attribute in attributes {
            for (from, through) in [(nil, nil), (50, nil), (nil, 90), (60, 80)] as [(Int?, Int?)] {
                let query = query(attribute, from: from, through: through)
                let found = try all(index, query, page: 13)
                #expect(Set(try numbers(found)) == expected(samples, query), "\(query)")
                #expect(found.map(\.place) == found.map(\.place).sorted().reversed())
                #expect(Set(found.map(\.place)).count == found.count)
            }
        }
        #expect(Set(try numbers(all(index, query(), page: 50))) == expected(samples, query()))
        for absent in [
            EventQuery.Attribute.eventName("Forged"), .username("deploy"), .username(""), .eventID("x"),
        ] {
            #expect(try index.lookup(query(absent), limit: 50).isEmpty)
        }
    }

    @Test func `gives the newest page without reading the older segments`() throws {
        let clock = StandingClock()
        let writer = try scratch.writer(limits: limits, clock: clock)
        var generator = SeededGenerator(seed: 2)
        // Days, not seconds, between the segments.
        let samples = try (0..<300).map { number in
            clock.advance(by: 3_600)
            let sample = LookupScene.sample(number, secondsApart: 3_600, using: &generator)
            try writer.append([sample.event], lane: 0)
            return sample
        }
        try writer.close()
        let next = try scratch.writer(limits: limits, clock: clock)
        let index = try TrailIndex(next)
        let found = try index.lookup(query(), limit: 5)
        #expect(found.count == 5)
        let newest = expected(samples, query()).sorted().suffix(12)
        #expect(Set(try numbers(found)).isSubset(of: newest))
        let made = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/index")
        #expect(made.count < 4)
        while try index.maintain() {}
        let all = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/index")
        #expect(all.count == (try scratch.segments.count))
        #expect(try index.maintain() == false)
    }

    @Test func `shows an event as soon as it is written, also while segments end`() throws {
        let writer = try scratch.writer(lanes: 2, limits: limits)
        let index = try TrailIndex(writer)
        var generator = SeededGenerator(seed: 3)
        for number in 0..<80 {
            let sample = LookupScene.sample(number, using: &generator)
            try writer.append([sample.event], lane: number % 2)
            let id = try #require(
                sample.attributes.compactMap { attribute in
                    if case .eventID = attribute { attribute } else { nil }
                }.first
            )
            var query = query(id)
            query.account = sample.account
            query.region = sample.region
            #expect(try numbers(index.lookup(query, limit: 2)) == [number])
        }
    }

    @Test func `pages do not repeat or lose events while new ones are written`() throws {
        let writer = try scratch.writer(lanes: 2, limits: limits)
        let index = try TrailIndex(writer)
        let samples = try fill(writer, 0..<150, seed: 4)
        var found: [FoundEvent] = []
        var round = 0
        while true {
            let events = try index.lookup(query(), limit: 10, after: found.last?.place)
            found += events
            if events.isEmpty { break }
            _ = try fill(writer, (1_000 + round * 10)..<(1_010 + round * 10), seed: UInt64(round))
            round += 1
        }
        #expect(Set(try numbers(found)) == expected(samples, query()))
        #expect(Set(found.map(\.place)).count == found.count)
    }

    /// Every way to spoil an index file.
    private static let damages: [@Sendable (inout [UInt8], inout SeededGenerator) -> Void] = [
        { bytes, generator in
            bytes[Int.random(in: 0..<800, using: &generator)] ^=
                1 << UInt8.random(in: 0...7, using: &generator)
        },
        { bytes, generator in
            let place = Int.random(in: SegmentIndex.headerBytes..<bytes.count, using: &generator)
            bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        },
        { bytes, generator in bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator)) },
        { bytes, _ in bytes = [] },
        { bytes, generator in bytes = generator.bytes(bytes.count) },
    ]

    @Test(arguments: 0..<5) func `answers the same whatever becomes of index files`(kind: Int) throws {
        let writer = try scratch.writer(limits: limits)
        let samples = try fill(writer, 0..<300, seed: 5)
        let index = try TrailIndex(writer)
        while try index.maintain() {}
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/index").sorted()
        #expect(files.count > 5)
        var generator = SeededGenerator(seed: UInt64(kind))
        let attributes: [EventQuery.Attribute?] = [
            nil, .eventName("DisableKey"), .resourceName("arn:aws:kms:us-east-1:1:key/3"), .readOnly(false),
        ]
        for _ in 0..<3 {
            for file in files {
                var bytes = try scratch.bytes("index/" + file)
                Self.damages[kind](&bytes, &generator)
                try scratch.write(bytes, to: "index/" + file)
            }
            // One that knows the indexes of before, and one that finds the damaged ones.
            for index in [index, try TrailIndex(writer)] {
                for attribute in attributes {
                    let query = query(attribute)
                    #expect(Set(try numbers(all(index, query, page: 50))) == expected(samples, query))
                }
            }
        }
    }

    @Test func `does not believe an index of another segment or another trail`() throws {
        let writer = try scratch.writer(limits: limits)
        let samples = try fill(writer, 0..<300, seed: 6)
        try indexAll(writer)
        let other = Scratch()
        let stranger = try other.writer(signer: .fixed(9), limits: limits)
        _ = try fill(stranger, 0..<300, seed: 60)
        try indexAll(stranger)
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/index").sorted()
        try scratch.write(scratch.bytes("index/" + files[0]), to: "index/" + files[1])
        try scratch.write(other.bytes("index/" + files[2]), to: "index/" + files[2])
        #expect(Set(try numbers(all(TrailIndex(writer), query(), page: 50))) == expected(samples, query()))
    }

    @Test func `goes on without indexes where none can be kept`() throws {
        let writer = try scratch.writer(limits: limits)
        let samples = try fill(writer, 0..<300, seed: 7)
        try scratch.write([], to: "index")
        let index = try TrailIndex(writer)
        #expect(Set(try numbers(all(index, query(), page: 50))) == expected(samples, query()))
        #expect(throws: TrailError.self) { try index.maintain() }
        try scratch.remove("index")
        while try index.maintain() {}
        #expect(Set(try numbers(all(index, query(), page: 50))) == expected(samples, query()))
    }

    @Test func `keeps out of the way of the verifier`() throws {
        let writer = try scratch.writer(limits: limits)
        _ = try fill(writer, 0..<300, seed: 8)
        try indexAll(writer)
        #expect(try scratch.verify().events == 300)
        try writer.close()
        #expect(try scratch.writer().recoveries.isEmpty)
    }
}
