/// Which service a request is for and, where the protocol says so outside of the body, which operation.
package struct ServiceTarget: Hashable, Sendable {
    package let service: AWSService
    /// Nil when the request does not name one: always for S3, whose operations lie in method and path.
    package let operation: String?

    package init(service: AWSService, operation: String?) {
        self.service = service
        self.operation = operation
    }

    /// Recognizes the service of a request that may be for any of ours.
    ///
    /// In this order: `X-Amz-Target`, then `Action` with `Version` in the form or the query, then the service
    /// of the signature's scope, then S3. `form` is the body when it is one, `rawQuery` the query as on the
    /// wire, and `scopeService` is nil for unsigned requests.
    package static func recognize(
        headers: HeaderList,
        form: Form?,
        rawQuery: String,
        scopeService: String?
    ) throws(ServiceTargetError) -> ServiceTarget {
        let named = try headers.withValue(of: "x-amz-target") {
            (target) throws(ServiceTargetError) -> ServiceTarget? in
            guard let target else { return nil }
            return try recognize(target: target)
        }
        if let named { return named }
        if let form, let action = form["Action"] {
            return try recognize(action: action, version: form["Version"], scopeService: scopeService)
        }
        if scopeService != AWSService.s3.signingName, let query = actionQuery(rawQuery),
            let action = query["Action"]
        {
            return try recognize(action: action, version: query["Version"], scopeService: scopeService)
        }
        let service = scopeService.flatMap(AWSService.init(signingName:))
        return ServiceTarget(service: service ?? .s3, operation: nil)
    }

    /// Reads `X-Amz-Target`: the prefix of a service, a dot, the operation.
    static func recognize(target: UnsafeBufferPointer<UInt8>) throws(ServiceTargetError) -> ServiceTarget {
        guard let dot = target.lastIndex(of: UInt8(ascii: ".")) else { throw .unknownTarget }
        let prefix = UnsafeBufferPointer(rebasing: target[..<dot])
        for service in [AWSService.kms, .secretsManager, .cloudTrail, .eventBridge] {
            guard let known = service.targetPrefix,
                prefix.equals(known) || service.shortTargetPrefix.map({ prefix.equals($0) }) ?? false
            else { continue }
            let operation = target[(dot + 1)...]
            guard isOperationName(operation) else { throw .unknownTarget }
            return ServiceTarget(service: service, operation: String(decoding: operation, as: UTF8.self))
        }
        throw .unknownTarget
    }

    /// The query when it may name an action; S3's queries need not be forms.
    private static func actionQuery(_ rawQuery: String) -> Form? {
        guard rawQuery.hasPrefix("Action=") || rawQuery.contains("&Action=") else { return nil }
        // A query that is no form names no action, and the service found instead will refuse it.
        return try? Form(parsing: rawQuery)
    }

    private static func recognize(
        action: String,
        version: String?,
        scopeService: String?
    ) throws(ServiceTargetError) -> ServiceTarget {
        let scoped = scopeService.flatMap(AWSService.init(signingName:))
        let service =
            if let version {
                AWSService.allCases.first { $0.queryVersion == version }
            } else {
                scoped?.wireProtocol == .query ? scoped : nil
            }
        guard let service, isOperationName(action.utf8) else {
            throw .unknownAction(String(action.prefix(echoedCharactersMax)), version: version)
        }
        return ServiceTarget(service: service, operation: action)
    }

    /// Letters and digits only, so that a name can go into logs and metrics as it is.
    private static func isOperationName(_ bytes: some Collection<UInt8>) -> Bool {
        (1...128).contains(bytes.count)
            && bytes.allSatisfy { $0.isASCIIDigit || $0.asciiLowercased.isASCIILowercase }
    }

    private static let echoedCharactersMax = 128
}

/// Why no service of ours is meant.
package enum ServiceTargetError: Error, Hashable, Sendable {
    /// `X-Amz-Target` names no service or operation of ours.
    case unknownTarget
    /// The pair of `Action` and `Version` names no service of ours.
    case unknownAction(String, version: String?)

    /// The protocol in which to answer.
    package var wireProtocol: WireProtocol {
        switch self {
        case .unknownTarget: .json
        case .unknownAction: .query
        }
    }

    package var wire: WireError {
        switch self {
        case .unknownTarget:
            WireError(code: "UnknownOperationException", message: nil, httpStatus: 400)
        case .unknownAction(let action, let version):
            WireError(
                code: "InvalidAction",
                message: "Could not find operation \(action) for version "
                    + (version.map { String($0.prefix(32)) } ?? "NO_VERSION_SPECIFIED"),
                httpStatus: 400
            )
        }
    }
}
