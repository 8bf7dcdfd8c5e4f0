/// The most bytes of UTF-8 a field of an event may have; what is longer is cut, or omitted when it is JSON.
///
/// The sizes are CloudTrail's where it states one ("CloudTrail record contents"). Together they keep an event
/// below `TrailLimits.eventBytesMax` even when every character of every text needs an escape of six bytes.
enum EventLimits {
    /// Names, ids and codes; also CloudTrail's 1 KB for user agents, error codes, messages and request ids.
    static let text = 1_024
    static let arn = 2_048
    /// requestParameters, responseElements and serviceEventDetails.
    static let fragment = 100 * 1_024
    static let additionalEventData = 28 * 1_024
    static let resources = 16
    static let resourceType = 256
    static let accountID = 64
    /// How many attributes of a web identity are written, and how long their names and values may be.
    static let attributes = 16
    static let attribute = 256
}
