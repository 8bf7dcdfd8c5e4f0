import CloudTrail

/// Brings notifications out of the deployment: by HTTP, and by mail where there is a server for it.
struct OutboundNotifications: NotificationSender {
    let http: HTTPNotifications
    let mail: MailNotifications?

    func post(
        _ body: [UInt8],
        headers: [(name: String, value: String)],
        to url: EndpointURL
    ) async -> SendOutcome {
        await http.post(body, headers: headers, to: url)
    }

    func mail(_ mail: NotificationMail) async -> SendOutcome {
        guard let server = self.mail else { return .failed(reason: "there is no server for mail (smtp-url)") }
        return await server.send(mail)
    }
}
