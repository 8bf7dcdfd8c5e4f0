import AWSProtocol

import struct Foundation.Date

/// An event on the default bus of an account in a Region, in EventBridge's form.
///
/// Source: EventBridge User Guide, "Event structure".
struct BusEvent: Sendable {
    let id: String
    let account: AccountID
    let region: Region
    /// The whole event.
    let bytes: [UInt8]
    let json: JSON
    /// A call that changes nothing: only rules that ask for all management events see it.
    let isReadOnly: Bool

    /// An event of an application or of a service.
    ///
    /// `detail` is the bytes of a JSON object; nil when the event as a whole does not parse.
    init?(
        id: String,
        detailType: String,
        source: String,
        account: AccountID,
        time: String,
        region: Region,
        resources: [String],
        detail: [UInt8],
        isReadOnly: Bool = false
    ) {
        var writer = JSONWriter(capacity: detail.count + 512)
        writer.beginObject()
        let texts = [
            ("version", "0"), ("id", id), ("detail-type", detailType), ("source", source),
            ("account", account.description), ("time", time), ("region", region.description),
        ]
        for (name, text) in texts {
            writer.name(name)
            writer.string(text)
        }
        writer.name("resources")
        writer.beginArray()
        for resource in resources { writer.string(resource) }
        writer.endArray()
        writer.name("detail")
        writer.raw(detail)
        writer.endObject()
        guard let json = try? JSON.parse(writer.bytes, depthMax: Self.depthMax) else { return nil }
        self.id = id
        self.account = account
        self.region = region
        self.isReadOnly = isReadOnly
        self.json = json
        bytes = writer.bytes
    }

    /// Levels of an event; a record's request may nest 32 deep below the envelope.
    static let depthMax = 48
}

/// The events that a CloudTrail record is to EventBridge.
///
/// Source: EventBridge User Guide, "AWS service events delivered via AWS CloudTrail"; KMS Developer Guide,
/// "Monitoring KMS keys with Amazon EventBridge".
enum TrailEvents {
    /// None for bytes that are no record.
    static func events(of record: [UInt8]) -> [BusEvent] {
        guard let json = try? JSON.parse(record, depthMax: BusEvent.depthMax),
            let id = json["eventID"]?.text, let eventSource = json["eventSource"]?.text,
            let account = json["recipientAccountId"]?.text.flatMap(AccountID.init),
            let region = json["awsRegion"]?.text.flatMap(Region.init), let time = json["eventTime"]?.text
        else { return [] }
        let source = "aws.\(eventSource.prefix { $0 != "." })"
        let isServiceEvent = json["eventType"]?.text == "AwsServiceEvent"
        var isReadOnly = false
        if case .bool(true)? = json["readOnly"] { isReadOnly = true }
        let call = BusEvent(
            id: id,
            detailType: isServiceEvent ? "AWS Service Event via CloudTrail" : "AWS API Call via CloudTrail",
            source: source,
            account: account,
            time: time,
            region: region,
            resources: [],
            detail: record,
            isReadOnly: isReadOnly && !isServiceEvent
        )
        var events: [BusEvent] = []
        if let call { events.append(call) }
        if isServiceEvent, source == "aws.kms", let event = keyEvent(json, id, account, region, time) {
            events.append(event)
        }
        return events
    }

    /// The `detail-type` of what KMS itself tells of a key, by the name of its service event.
    static let keyEventTypes = [
        "RotateKey": "KMS CMK Rotation", "DeleteKey": "KMS CMK Deletion",
        "DeleteExpiredKeyMaterial": "KMS Imported Key Material Expiration",
    ]

    /// What KMS itself tells of a key.
    private static func keyEvent(
        _ record: JSON,
        _ id: String,
        _ account: AccountID,
        _ region: Region,
        _ time: String
    ) -> BusEvent? {
        guard let type = record["eventName"]?.text.flatMap({ keyEventTypes[$0] }),
            let key = record["serviceEventDetails"]?["keyId"]?.text
        else { return nil }
        var detail = JSONWriter()
        detail.beginObject()
        detail.name("key-id")
        detail.string(key)
        detail.endObject()
        return BusEvent(
            id: NameID.derived(from: ["aws.kms", id]),
            detailType: type,
            source: "aws.kms",
            account: account,
            time: time,
            region: region,
            resources: (record["resources"]?.elements ?? []).compactMap { $0["ARN"]?.text },
            detail: detail.bytes
        )
    }
}
