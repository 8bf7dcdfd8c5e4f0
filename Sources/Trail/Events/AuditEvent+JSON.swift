extension AuditEvent {
    /// The event as one line of JSON, its members in CloudTrail's order.
    package func render() -> [UInt8] {
        let fragments = (requestParameters?.count ?? 0) + (responseElements?.count ?? 0)
        return EventWriter.text(capacity: 1_152 + fragments) { write(to: &$0) }
    }

    private func write(to json: inout EventWriter) {
        json.raw(#"{"eventVersion":"1.11""#)
        json.member(#""userIdentity":"#, userIdentity.json)
        json.time(#""eventTime":"#, eventTime)
        json.field(#""eventSource":"#, eventSource, bytesMax: EventLimits.text)
        json.field(#""eventName":"#, eventName, bytesMax: EventLimits.text)
        json.field(#""awsRegion":"#, awsRegion, bytesMax: EventLimits.text)
        json.field(#""sourceIPAddress":"#, sourceIPAddress, bytesMax: EventLimits.text)
        json.field(#""userAgent":"#, userAgent, bytesMax: EventLimits.text)
        json.field(#""errorCode":"#, errorCode, bytesMax: EventLimits.text)
        json.field(#""errorMessage":"#, errorMessage, bytesMax: EventLimits.text)
        writeFragments(to: &json)
        json.uuid(#""requestID":"#, requestID)
        json.uuid(#""eventID":"#, eventID)
        json.flag(#""readOnly":"#, readOnly)
        if !resources.isEmpty { writeResources(to: &json) }
        json.field(#""eventType":"#, eventType.rawValue, bytesMax: EventLimits.text)
        json.flag(#""managementEvent":"#, true)
        json.field(#""recipientAccountId":"#, recipientAccountID, bytesMax: EventLimits.accountID)
        json.field(#""sharedEventID":"#, sharedEventID, bytesMax: EventLimits.text)
        if let serviceEventDetails {
            json.fragment(#""serviceEventDetails":"#, serviceEventDetails, bytesMax: EventLimits.fragment)
        }
        json.field(#""eventCategory":"#, "Management", bytesMax: EventLimits.text)
        if let tlsDetails { tlsDetails.write(to: &json) }
        json.endObject()
    }

    private func writeFragments(to json: inout EventWriter) {
        json.fragment(#""requestParameters":"#, requestParameters, bytesMax: EventLimits.fragment)
        json.fragment(#""responseElements":"#, responseElements, bytesMax: EventLimits.fragment)
        guard let additionalEventData else { return }
        json.fragment(
            #""additionalEventData":"#,
            additionalEventData,
            bytesMax: EventLimits.additionalEventData
        )
    }

    private func writeResources(to json: inout EventWriter) {
        json.name(#""resources":"#)
        json.beginArray()
        for resource in resources.prefix(EventLimits.resources) {
            json.beginElement()
            json.beginObject()
            json.field(#""accountId":"#, resource.accountID, bytesMax: EventLimits.accountID)
            json.field(#""type":"#, resource.type, bytesMax: EventLimits.resourceType)
            json.field(#""ARN":"#, resource.arn, bytesMax: EventLimits.arn)
            json.endObject()
        }
        json.endArray()
    }
}

extension AuditEvent.TLSDetails {
    fileprivate func write(to json: inout EventWriter) {
        json.name(#""tlsDetails":"#)
        json.beginObject()
        json.field(#""tlsVersion":"#, tlsVersion, bytesMax: EventLimits.text)
        json.field(#""cipherSuite":"#, cipherSuite, bytesMax: EventLimits.text)
        json.field(
            #""clientProvidedHostHeader":"#,
            clientProvidedHostHeader,
            bytesMax: EventLimits.text
        )
        json.endObject()
    }
}
