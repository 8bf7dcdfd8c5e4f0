import Storage
import Testing

@Suite("RecordKey")
struct RecordKeyTests {
    @Test func `equals by bytes, where strings equal by characters`() {
        let kind = RecordKind("k")
        #expect("caf\u{E9}" == "cafe\u{301}")
        let keys: Set<RecordKey> = [
            RecordKey(kind, "caf\u{E9}"), RecordKey(kind, "cafe\u{301}"), RecordKey(kind, "\u{212B}"),
            RecordKey(kind, "\u{C5}"), RecordKey(RecordKind("k2"), "caf\u{E9}"),
        ]
        #expect(keys.count == 5)
        #expect(keys.contains(RecordKey(kind, "caf\u{E9}")))
        #expect(!keys.contains(RecordKey(kind, "cafe")))
    }

    @Test func `errors name a record and never a value`() {
        let key = RecordKey(RecordKind("key"), "eu/1")
        let texts: [StorageError] = [.conflict(key), .corrupted(.record(key))]
        for error in texts { #expect(error.description.contains("key/eu/1")) }
        #expect(StorageError.tooLarge(.value(bytes: 7)).description.contains("7 bytes"))
    }

    @Test(
        arguments: [
            (.any, nil, true), (.any, 3, true), (.absent, nil, true), (.absent, 3, false),
            (.version(3), 3, true), (.version(3), 4, false), (.version(3), nil, false),
        ] as [(Storage.Expectation, Int64?, Bool)]
    )
    func `an expectation is met or not`(
        _ expectation: Storage.Expectation,
        version: Int64?,
        isMet: Bool
    ) {
        #expect(expectation.isMet(by: version) == isMet)
    }
}
