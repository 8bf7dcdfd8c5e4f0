import AWSProtocol
import Foundation
import KES
import NIOCore
import NIOHTTP1

/// What the head of a request asks for.
struct RequestPlan {
    let route: Route?
    /// Why there is nothing to do; nil when the route is known and takes the method.
    let failure: KESError?
    /// The path without its query, percent-decoded.
    let path: String
    let millisecondsMax: Int64?
    private let resource: String
    private let wantsLines: Bool

    init(_ head: HTTPRequestHead, _ state: KESState) {
        let raw = head.uri.prefix { $0 != "?" && $0 != "#" }
        path = raw.contains("%") ? raw.removingPercentEncoding ?? String(raw) : String(raw)
        wantsLines = head.headers["accept"].contains { $0.contains("application/x-ndjson") }
        guard let (route, resource) = Route.find(path) else {
            self.route = nil
            self.resource = ""
            failure = .notFound
            millisecondsMax = Self.millisecondsMaxDefault
            return
        }
        self.route = route
        self.resource = resource
        failure =
            route.accepts(head.method.rawValue)
            ? nil : .wrongMethod(received: head.method.rawValue, expected: route.method)
        millisecondsMax = state.settings(of: route).secondsMax.map { Int64($0 * 1000) }
    }

    func request(_ caller: Caller, method: String, body: [UInt8]) -> KESRequest? {
        guard let route, failure == nil else { return nil }
        return KESRequest(
            method: method,
            route: route,
            resource: resource,
            path: path,
            body: body,
            identity: try? caller.identity.get(),
            address: caller.address,
            wantsLines: wantsLines
        )
    }

    private static let millisecondsMaxDefault: Int64 = 15_000
}

/// The body of a request as far as it arrived.
struct RequestArrival {
    let plan: RequestPlan?
    let bytesMax: Int
    private(set) var body: [UInt8] = []
    private(set) var isTooLarge = false
    private var discarded = 0

    /// So much more than it reads does the server let a client send before it hangs up.
    private static let discardedMax = 8 << 20

    init() {
        plan = nil
        bytesMax = 0
    }

    init(_ plan: RequestPlan) {
        self.plan = plan
        bytesMax = plan.failure == nil ? plan.route?.bodyBytesMax ?? 0 : 0
    }

    /// False when the client must be cut off.
    mutating func take(_ bytes: ByteBuffer) -> Bool {
        if body.count + bytes.readableBytes <= bytesMax, !isTooLarge {
            body.append(contentsOf: bytes.readableBytesView)
            return true
        }
        if bytesMax > 0 {
            isTooLarge = true
            body = []
        }
        discarded += bytes.readableBytes
        return discarded <= Self.discardedMax
    }
}
