/// One HTTP request and its answer, as key stores need it; what carries it lies on the floor above.
package protocol HTTPExchange: Sendable {
    /// Sends a request and gives its answer whole, whatever the status; redirects are not followed.
    ///
    /// Throws `.unreachable` when no connection can be made or no answer comes in time, `.unavailable` when
    /// the answer is longer than `bytesMax`.
    func answer(to request: HTTPCall) async throws(KeyStoreError) -> HTTPAnswer
}

/// A request; its body and headers may hold secrets, so it does not print.
package struct HTTPCall: Sendable {
    package let method: String
    package let url: String
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// For the answer to begin.
    package let timeout: Duration
    package let bytesMax: Int

    package init(
        method: String,
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        timeout: Duration = .seconds(10),
        bytesMax: Int = 1 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.bytesMax = bytesMax
    }
}

/// An answer; its body may hold secrets, so it does not print.
package struct HTTPAnswer: Sendable {
    package let status: Int
    package let body: [UInt8]

    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

extension HTTPCall: CustomStringConvertible, CustomReflectable {
    package var description: String { "<\(method) \(url)>" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

extension HTTPAnswer: CustomStringConvertible, CustomReflectable {
    package var description: String { "<answer \(status)>" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
