import Glibc

/// What an event can be found by, as ranges of its JSON; read in one walk that copies nothing.
///
/// Source: CloudTrail User Guide, "Viewing events with the CLI": which attributes can be looked up.
struct EventSummary {
    typealias Text = UnsafeRawBufferPointer

    struct Resource {
        var type: Text?
        var name: Text?
    }

    var time: Text?
    var source: Text?
    var name: Text?
    var region: Text?
    var eventID: Text?
    var isReadOnly = false
    var account: Text?
    var accessKeyID: Text?
    var username: Text?
    var resources: [Resource] = []

    init() {}

    /// Reads an event; what is not there or is no text stays nil.
    init(_ json: UnsafeRawBufferPointer) {
        EventMembers.walk(json) { name, value in
            take(name, value)
            return true
        }
    }

    private mutating func take(_ name: Text, _ value: Text) {
        switch name.count {
        case 7 where name.equals("eventID"): eventID = EventMembers.text(value)
        case 8 where name.equals("readOnly"): isReadOnly = value.equals("true")
        case 9:
            if name.equals("eventTime") {
                time = EventMembers.text(value)
            } else if name.equals("eventName") {
                self.name = EventMembers.text(value)
            } else if name.equals("awsRegion") {
                region = EventMembers.text(value)
            } else if name.equals("resources") {
                takeResources(value)
            }
        case 11 where name.equals("eventSource"): source = EventMembers.text(value)
        case 12 where name.equals("userIdentity"): takeIdentity(value)
        case 18 where name.equals("recipientAccountId"): account = EventMembers.text(value)
        default: break
        }
    }

    private mutating func takeResources(_ value: Text) {
        var found: [Resource] = []
        EventMembers.walkElements(value) { element in
            var resource = Resource()
            EventMembers.walk(element) { name, value in
                if name.equals("type") { resource.type = EventMembers.text(value) }
                if name.equals("ARN") { resource.name = EventMembers.text(value) }
                return true
            }
            found.append(resource)
            return true
        }
        resources = found
    }

    /// Users are found by their names, root by `root`, sessions by the names of the sessions.
    mutating func takeIdentity(_ value: Text) {
        var type: Text?
        var arn: Text?
        var name: Text?
        var key: Text?
        EventMembers.walk(value) { member, value in
            switch member.count {
            case 4 where member.equals("type"): type = EventMembers.text(value)
            case 3 where member.equals("arn"): arn = EventMembers.text(value)
            case 8 where member.equals("userName"): name = EventMembers.text(value)
            case 11 where member.equals("accessKeyId"): key = EventMembers.text(value)
            default: break
            }
            return true
        }
        accessKeyID = key
        username = name
        guard let type else { return }
        if type.equals("Root") {
            username = Self.root
        } else if type.equals("AssumedRole") || type.equals("FederatedUser"), let arn,
            let slash = arn.lastIndex(of: 0x2F)
        {
            username = Text(rebasing: arn[(slash + 1)...])
        }
    }

    private static var root: Text { Text(start: ("root" as StaticString).utf8Start, count: 4) }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are those of a literal.
    func equals(_ literal: StaticString) -> Bool {
        guard let baseAddress, count == literal.utf8CodeUnitCount else { return false }
        return memcmp(baseAddress, literal.utf8Start, count) == 0
    }
}
