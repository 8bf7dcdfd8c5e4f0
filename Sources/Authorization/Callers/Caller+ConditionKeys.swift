extension Caller {
    /// The caller's answer to a condition key.
    enum Answer {
        /// The key describes callers, and this is what it is for this one; nil means it has none.
        case own(ConditionValues?)
        /// The key does not describe callers: the request answers.
        case notMine
    }

    /// Answers the keys that derive from the principal.
    ///
    /// Source: IAM User Guide, "AWS global condition context keys", "Properties of the principal" and
    /// "Properties of a role session".
    func answer(_ key: ConditionKey, epochSeconds: Int64) -> Answer {
        guard let global = key.global else {
            return session.keys[key].map { .own($0) } ?? .notMine
        }
        switch global {
        case .principalARN: return .own(principalARN.map(ConditionValues.single))
        case .principalAccount: return .own(account.map(ConditionValues.single))
        case .principalType: return .own(type.principalType.map(ConditionValues.single))
        case .principalTag: return .own(tag(key))
        case .principalOrganizationID: return .own(nil)
        case .principalIsAWSService: return .own(.bool(type == .service))
        case .principalServiceName: return .own(type == .service ? .single(arn) : nil)
        case .principalServiceNamesList: return .own(type == .service ? .multiple([arn]) : nil)
        case .userID: return .own(account == nil ? nil : .single(uniqueID))
        case .username: return .own(username.map(ConditionValues.single))
        case .calledVia: return .own(calledVia.isEmpty ? nil : .multiple(calledVia))
        case .calledViaFirst: return .own(calledVia.first.map(ConditionValues.single))
        case .calledViaLast: return .own(calledVia.last.map(ConditionValues.single))
        case .viaAWSService: return .own(.bool(!calledVia.isEmpty))
        case .federatedProvider: return .own(session.federatedProvider.map(ConditionValues.single))
        case .sourceIdentity: return .own(session.sourceIdentity.map(ConditionValues.single))
        case .tokenIssueTime:
            return .own(session.issuedAt.map { .single(PolicyInstant.text(epochSeconds: $0)) })
        case .multiFactorAuthPresent: return .own(multiFactorPresence)
        case .multiFactorAuthAge:
            return .own(session.multiFactorAt.map { .single(String(max(0, epochSeconds - $0))) })
        case .currentTime, .epochTime, .referer, .requestedRegion, .requestTag, .resourceAccount,
            .resourceTag,
            .secureTransport, .sourceAccount, .sourceARN, .sourceIP, .sourceVPC, .sourceVPCEndpoint, .tagKeys,
            .userAgent, .vpcSourceIP:
            return .notMine
        }
    }

    /// The role behind a role session, else the caller itself; nil for those who are no IAM principals.
    private var principalARN: String? {
        switch type {
        case .root, .user, .federatedUser: arn
        case .assumedRole: issuerARN
        case .webIdentity, .saml, .service, .anonymous: nil
        }
    }

    /// Long-term credentials do not have the key at all, so that `BoolIfExists` can tell them apart.
    private var multiFactorPresence: ConditionValues? {
        if session.multiFactorAt != nil { return .bool(true) }
        return session.issuedAt == nil ? nil : .bool(false)
    }

    private func tag(_ key: ConditionKey) -> ConditionValues? {
        guard let name = key.suffix else { return nil }
        if let value = tags[name] { return .single(value) }
        let values = tags.filter { key.names(tag: $0.key) }.map(\.value).sorted()
        return values.count == 1 ? .single(values[0]) : values.isEmpty ? nil : .multiple(values)
    }
}
