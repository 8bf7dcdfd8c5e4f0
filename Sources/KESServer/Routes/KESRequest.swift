import AWSProtocol
import KES

/// A request that arrived whole.
struct KESRequest: Sendable {
    let method: String
    let route: Route
    /// What the path names behind the route.
    let resource: String
    /// The path without its query, percent-decoded.
    let path: String
    var body: [UInt8]
    let identity: Identity?
    /// Where it comes from: the peer, or whom a trusted proxy names.
    let address: String
    /// Whether the client asks for listings as lines of JSON.
    let wantsLines: Bool

    var withoutBody: KESRequest {
        var request = self
        request.body = []
        return request
    }

    /// The members of the body; an empty one has none where the route allows it.
    func object(allowingEmpty: Bool = false) throws(KESError) -> JSON {
        if body.isEmpty, allowingEmpty { return .object(JSONObject(uniqueMembers: [])) }
        guard let json = try? JSON.parse(body), case .object = json else { throw .invalidBody }
        return json
    }
}

extension JSON {
    /// The bytes of a member in base64; none when it is absent or null.
    func bytes(_ name: String) throws(KESError) -> [UInt8] {
        guard let member = self[name], !member.isNull else { return [] }
        guard let text = member.text, let bytes = Base64.decode(text) else { throw .invalidBody }
        return bytes
    }
}
