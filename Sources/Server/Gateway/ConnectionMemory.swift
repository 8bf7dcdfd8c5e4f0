import AWSProtocol
import IAM
import Operations

/// What the requests of one connection have in common, as long as each repeats the one before.
///
/// It saves reading again what was read, and proves nothing: signatures are verified and callers looked up as if it
/// were not there. It belongs to one connection and its thread.
package final class ConnectionMemory {
    let signing = SigningMemory()
    /// The `X-Amz-Target` of the last request.
    private var target: [UInt8] = []
    private var claim: SignatureClaim?
    private var destination: Destination?
    private var signer: (claim: SignatureClaim, credential: Credential, key: SigningKey)?
    private var source: CallSource?
    /// The `User-Agent` that ``source`` was made of.
    private var userAgent: [UInt8] = []

    package init() {}

    /// The signing key of the last request, if this one is signed by the same key in the same scope.
    func signingKey(of claim: SignatureClaim, _ credential: Credential) -> SigningKey? {
        guard let signer, claim.repeats(signer.claim), signer.credential === credential else { return nil }
        return signer.key
    }

    /// Keeps the signing key of a claim.
    func keep(_ key: SigningKey, of claim: SignatureClaim, _ credential: Credential) {
        signer = (claim, credential, key)
    }

    /// Where a request came from: that of the last, if this one says the same.
    func source(of request: GatewayRequest) -> CallSource {
        if let source, request.tls == nil, source.tls == nil, request.peerAddress == source.ipAddress,
            request.request.headers.value(of: "user-agent", equals: userAgent)
        {
            return source
        }
        let source = request.source
        userAgent = Array(source.userAgent.utf8)
        self.source = source
        return source
    }

    /// Where the last request went, if this one names the same target in the same scope.
    func destination(of request: GatewayRequest, claiming claim: SignatureClaim) -> Destination? {
        guard let destination, let last = self.claim, claim.repeats(last), !request.saysForm,
            request.request.headers.value(of: "x-amz-target", equals: target)
        else { return nil }
        return destination
    }

    /// Keeps where a request goes whose head alone says so.
    func keep(_ destination: Destination, of request: GatewayRequest, claiming claim: SignatureClaim) {
        guard !request.saysForm, let named = request.request.headers["x-amz-target"] else { return }
        target = Array(named.utf8)
        self.claim = claim
        self.destination = destination
    }
}

/// Where a request goes: an operation of a service in a Region.
///
/// A class, because the requests of a connection share one.
final class Destination: Sendable {
    let target: ServiceTarget
    /// Nil when there is no such operation, or no such service.
    let operation: (any ServedOperation)?
    /// Where metrics count the request.
    let row: RequestMetrics.Row
    let region: Region

    init(
        target: ServiceTarget,
        operation: (any ServedOperation)?,
        row: RequestMetrics.Row,
        region: Region
    ) {
        self.target = target
        self.operation = operation
        self.row = row
        self.region = region
    }
}
