extension AuditIdentity {
    /// The value of `userIdentity`, made once for the many events that one caller causes.
    package struct Rendered: Sendable {
        package let json: [UInt8]

        /// Takes what ``AuditIdentity/rendered`` made before; it is not checked.
        package init(unchecked json: [UInt8]) { self.json = json }
    }

    package var rendered: Rendered {
        Rendered(unchecked: EventWriter.text(capacity: 512) { write(to: &$0) })
    }

    private func write(to json: inout EventWriter) {
        json.beginObject()
        if let kind { json.field(#""type":"#, kind.rawValue, bytesMax: 32) }
        json.field(#""principalId":"#, principalID, bytesMax: EventLimits.text)
        json.field(#""arn":"#, arn, bytesMax: EventLimits.arn)
        json.field(#""accountId":"#, accountID, bytesMax: EventLimits.accountID)
        json.field(#""accessKeyId":"#, accessKeyID, bytesMax: EventLimits.text)
        json.field(#""userName":"#, userName, bytesMax: EventLimits.text)
        if let sessionContext {
            json.name(#""sessionContext":"#)
            sessionContext.write(to: &json)
        }
        json.field(#""identityProvider":"#, identityProvider, bytesMax: EventLimits.arn)
        json.field(#""invokedBy":"#, invokedBy, bytesMax: EventLimits.text)
        json.endObject()
    }
}

extension AuditIdentity.SessionContext {
    fileprivate func write(to json: inout EventWriter) {
        json.beginObject()
        if let issuer {
            json.name(#""sessionIssuer":"#)
            json.beginObject()
            json.field(#""type":"#, issuer.type, bytesMax: EventLimits.text)
            json.field(#""principalId":"#, issuer.principalID, bytesMax: EventLimits.text)
            json.field(#""arn":"#, issuer.arn, bytesMax: EventLimits.arn)
            json.field(#""accountId":"#, issuer.accountID, bytesMax: EventLimits.accountID)
            json.field(#""userName":"#, issuer.userName, bytesMax: EventLimits.text)
            json.endObject()
        }
        if let webIdentity {
            json.name(#""webIdFederationData":"#)
            json.beginObject()
            json.field(#""federatedProvider":"#, webIdentity.provider, bytesMax: EventLimits.arn)
            json.name(#""attributes":"#)
            json.beginObject()
            for (name, value) in webIdentity.attributes.sorted(by: { $0.key < $1.key })
                .prefix(EventLimits.attributes)
            {
                json.field(named: name, value, bytesMax: EventLimits.attribute)
            }
            json.endObject()
            json.endObject()
        }
        json.name(#""attributes":"#)
        json.beginObject()
        json.field(#""creationDate":"#, creationDate, bytesMax: 32)
        json.field(#""mfaAuthenticated":"#, isMFAAuthenticated ? "true" : "false", bytesMax: 8)
        json.endObject()
        json.field(#""sourceIdentity":"#, sourceIdentity, bytesMax: EventLimits.text)
        json.endObject()
    }
}
