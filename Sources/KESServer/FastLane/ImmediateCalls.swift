import Foundation
import KES
import NIOCore

/// Uses keys in memory for one connection's client, at once and on its event loop.
///
/// What leads up to the use of a key is the same for each call of a path: reading the route and the name, the decision
/// of the policy, the words of the audit event. It is done for the first such call and kept for the next, until the
/// configuration changes. Anything but success is left to the ordinary way, which says what is wrong.
final class ImmediateCalls {
    /// A path that this client may call, and what is known of it.
    struct Known {
        let line: [UInt8]
        let route: Route
        let name: KeyName
        let subject: AuditSubject
        /// How long a request may take; nil for ever.
        let millisecondsMax: Int64?
    }

    private let peer: Peer
    private let door: KESDoor
    private var state: KESState
    private var known: [Known] = []

    /// So many paths are kept of a connection.
    private static let knownMax = 8

    init(_ peer: Peer, _ door: KESDoor) {
        self.peer = peer
        self.door = door
        state = door.state
    }

    /// What is known of a path that uses a key; nil for all others, and where the client may not call it.
    ///
    /// The line is method and path, with a space between.
    func call(_ line: UnsafeRawBufferPointer) -> Known? {
        let state = door.state
        if state !== self.state {
            self.state = state
            known = []
        }
        return known.first { $0.line.elementsEqual(line) } ?? learn(line)
    }

    /// Does what a request asks for and appends the body of its answer; false when another has to answer it.
    func answer(_ call: Known, body: UnsafeRawBufferPointer, into text: inout [UInt8]) -> Bool {
        guard door.log.canRecord, body.count <= call.route.bodyBytesMax, let plain = PlainBody.parse(body),
            let work = KeyWork(call.route, plain, in: body), let key = state.keys.keyInMemory(call.name)
        else { return false }
        let start = text.count
        do throws(KESError) {
            try work.append(to: &text, with: key)
            return true
        } catch {
            text.removeSubrange(start...)
            return false
        }
    }

    private func learn(_ line: UnsafeRawBufferPointer) -> Known? {
        let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count == 2, case .success(let identity) = peer.identity,
            // What a proxy asks for is another's.
            !state.proxies.identities.contains(identity)
        else { return nil }
        let method = String(decoding: words[0], as: UTF8.self)
        let path = String(decoding: words[1], as: UTF8.self)
        guard let (route, resource) = Route.find(path), route.usesKeyAlone, route.accepts(method) else {
            return nil
        }
        do {
            let name = try KeyName(resource)
            try state.admit(peer.identity, to: route, path: path)
            let request = KESRequest(
                method: method,
                route: route,
                resource: resource,
                path: path,
                body: [],
                identity: identity,
                address: peer.address,
                wantsLines: false
            )
            let call = Known(
                line: Array(line),
                route: route,
                name: name,
                subject: AuditSubject(request, status: 200),
                millisecondsMax: state.settings(of: route).secondsMax.map { Int64($0 * 1000) }
            )
            if known.count == Self.knownMax { known.removeFirst() }
            known.append(call)
            return call
        } catch {
            // The ordinary way refuses it, and tells why.
            return nil
        }
    }
}

extension Route {
    /// Whether all it takes is one key, and one use of it.
    fileprivate var usesKeyAlone: Bool {
        switch self {
        case .keyGenerate, .keyEncrypt, .keyDecrypt, .keyHMAC: true
        default: false
        }
    }
}
