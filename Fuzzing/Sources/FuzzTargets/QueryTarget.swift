import AWSProtocol
import Server

/// Signed calls of IAM, STS and SNS in the Query protocol, several in a row: each is answered in XML, none by a fault
/// of the server, and each leaves an event.
///
/// A line is a service, a space, and the form. Signs behind the service say how it comes: `?` in the address, `*`
/// signed with the credentials that were given last, `-` unsigned. `$T` and its like stand for what earlier answers
/// gave.
enum QueryTarget {
    static let target = FuzzTarget(name: "query", bytesMax: 2_048, run: run) { QuerySeeds.all }

    private static let scenes = SceneSupply(purpose: "query")

    /// What answers give and later calls take.
    private static let captured: [(sign: String, element: String)] = [
        ("$A", "AccessKeyId"), ("$M", "Marker"), ("$N", "NextToken"), ("$S", "SubscriptionArn"),
        ("$T", "TopicArn"), ("$P", "Arn"), ("$V", "VersionId"),
    ]

    static func run(_ input: [UInt8]) {
        let scene = scenes.next()
        var known: [String: String] = [:]
        var latest: Credentials?
        for line in input.pieces().prefix(8) {
            guard let call = QueryCall(line, known) else { continue }
            let answer = ask(call, latest, scene)
            for (sign, element) in captured {
                if let text = answer.texts[element] { known[sign] = text }
            }
            if let id = answer.texts["AccessKeyId"], let secret = answer.texts["SecretAccessKey"] {
                latest = Credentials(
                    accessKeyID: id,
                    secret: SecretAccessKey(secret),
                    sessionToken: answer.texts["SessionToken"].map { SessionToken($0) }
                )
            }
        }
    }

    private static func ask(_ call: QueryCall, _ latest: Credentials?, _ scene: GatewayScene) -> XMLText {
        let isOfRoot = !call.asLatest || latest == nil
        let signer = call.asLatest ? latest ?? scene.credentials : scene.credentials
        let request =
            call.isUnsigned ? call.request : scene.signed(call.request, for: call.service, as: signer)
        let response = scene.answer(request)
        let text = response.body.repairedText
        guard let answer = XMLText(response.body) else { broken("an answer is no XML: \(text)") }
        let isSuccess = response.status == 200
        promise(
            isSuccess ? answer.root.hasSuffix("Response") : answer.root == "ErrorResponse",
            "an answer of \(response.status) is a \(answer.root)"
        )
        promise(answer.texts["RequestId"] != nil, "an answer has no request id: \(text)")
        guard isOfRoot, !call.isUnsigned, call.isForItsService else { return answer }
        switch answer.texts["Code"] {
        // The input may have deleted the key.
        case "InvalidClientTokenId": scenes.giveUp()
        case "SignatureDoesNotMatch", "IncompleteSignature": broken("a signed call is refused: \(text)")
        default: break
        }
        return answer
    }
}

/// A line of an input as a request.
struct QueryCall {
    let service: AWSService
    let request: RequestText
    let asLatest: Bool
    let isUnsigned: Bool
    /// Whether the form cannot name another service than the one that it is signed for.
    let isForItsService: Bool

    /// Nil for a line that names no service.
    init?(_ line: [UInt8], _ known: [String: String]) {
        let parts = line.pieces(separatedBy: 0x20, max: 2)
        let head = parts[0].repairedText
        guard parts.count == 2, let service = Self.services.first(where: { head.hasPrefix($0.signingName) })
        else { return nil }
        let signs = head.dropFirst(service.signingName.count)
        var form = parts[1]
        if let text = form.text, text.contains("$") {
            form = Array(known.reduce(text) { $0.replacing($1.key, with: Self.escaped($1.value)) }.utf8)
        }
        let namesVersion = form.repairedText.contains("Version=")
        if !namesVersion { form += Array("&Version=\(service.queryVersion ?? "")".utf8) }
        self.service = service
        asLatest = signs.contains("*")
        isUnsigned = signs.contains("-")
        let isAddress = signs.contains("?") && form.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        isForItsService = !namesVersion && !isAddress
        request =
            isAddress
            ? RequestText(method: "GET", query: form.repairedText, headers: [], body: [])
            : RequestText(headers: [("content-type", "application/x-www-form-urlencoded")], body: form)
    }

    private static let services: [AWSService] = [.iam, .sts, .sns]

    private static func escaped(_ text: String) -> String { PercentEncoding.encode(text) }
}
