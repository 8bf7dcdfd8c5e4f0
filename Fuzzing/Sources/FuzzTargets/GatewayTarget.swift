import AWSProtocol
import Server

/// Signed calls of every operation, several in a row: each is answered, none by a fault of the server, and each
/// leaves an event.
///
/// A line is an operation, a space, and the body; operations of other services than KMS have the prefix of
/// `X-Amz-Target` before them. `$K` and its like stand for what earlier answers gave.
enum GatewayTarget {
    static let target = FuzzTarget(name: "gateway", bytesMax: 2_048, run: run) { GatewaySeeds.all }

    private static let scenes = SceneSupply(purpose: "gateway") { makeKeys(in: $0) }

    /// What answers give and later calls take.
    private static let captured: [(sign: String, member: String)] = [
        ("$K", "KeyId"), ("$C", "CiphertextBlob"), ("$G", "GrantId"), ("$T", "GrantToken"),
        ("$S", "Signature"),
        ("$M", "Mac"), ("$N", "NextMarker"), ("$P", "PublicKey"), ("$X", "NextToken"),
    ]

    static func run(_ input: [UInt8]) {
        let scene = scenes.next()
        var known: [String: String] = [:]
        for line in input.pieces().prefix(8) {
            let parts = line.pieces(separatedBy: 0x20, max: 2)
            let operation = parts[0].repairedText
            var body = parts.count > 1 ? parts[1] : []
            guard isQuick(operation, body), isHeaderText(operation) else { continue }
            if var text = body.text {
                for (sign, _) in captured { text = text.replacing(sign, with: known[sign] ?? sign) }
                body = Array(text.utf8)
            }
            let answer = answer(operation, body, in: scene)
            for (sign, member) in captured {
                if let text = (answer[member] ?? answer["KeyMetadata"]?[member])?.text { known[sign] = text }
            }
        }
    }

    /// Drawing RSA keys takes longer than the fuzzer lets an input take; the rest of those operations is covered
    /// by other specs.
    private static func isQuick(_ operation: String, _ body: [UInt8]) -> Bool {
        if operation == "GetParametersForImport" { return false }
        let makesKeys = operation == "CreateKey" || operation.hasPrefix("GenerateDataKeyPair")
        // An escape can spell the name of a spec in another way.
        return !makesKeys || !(body.repairedText.contains("RSA") || body.contains(UInt8(ascii: "\\")))
    }

    /// The keys that inputs know by their aliases.
    private static func makeKeys(in scene: GatewayScene) {
        let keys = [
            ("aes", "{}"), ("multi", #"{"MultiRegion":true}"#), ("outside", #"{"Origin":"EXTERNAL"}"#),
            ("mac", #"{"KeySpec":"HMAC_256","KeyUsage":"GENERATE_VERIFY_MAC"}"#),
            ("sign", #"{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}"#),
            ("agree", #"{"KeySpec":"ECC_NIST_P256","KeyUsage":"KEY_AGREEMENT"}"#),
        ]
        for (name, body) in keys {
            let made = answer("CreateKey", Array(body.utf8), in: scene)
            let id = certain(made["KeyMetadata"]?["KeyId"]?.text)
            let alias = #"{"AliasName":"alias/\#(name)","TargetKeyId":"\#(id)"}"#
            _ = answer("CreateAlias", Array(alias.utf8), in: scene)
        }
    }

    /// The answer to a signed call, which must be JSON.
    private static func answer(_ operation: String, _ body: [UInt8], in scene: GatewayScene) -> JSON {
        let services: [AWSService] = [.eventBridge, .cloudTrail, .secretsManager]
        let service = services.first { service in
            service.targetPrefix.map { operation.hasPrefix($0 + ".") } ?? false
        }
        let target = service == nil ? "TrentService.\(operation)" : operation
        let request = RequestText(headers: [("x-amz-target", target)], body: body)
        let signed = scene.signed(request, for: service ?? .kms, as: scene.credentials)
        let response = scene.answer(signed)
        let text = response.body.repairedText
        promise(response.status != 403 || !text.contains("Signature"), "a signed call is refused: \(text)")
        let value = accepted { () throws(JSONError) in try JSON.parse(response.body, depthMax: 64) }
        promise(value != nil || response.body.isEmpty, "an answer is not JSON: \(text)")
        return value ?? .null
    }

    private static func isHeaderText(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

/// Requests as strangers send them: none is answered with success.
enum DoorTarget {
    static let target = FuzzTarget(name: "door", bytesMax: 2_048, run: run) {
        SignatureTarget.target.seeds()
            + FuzzTarget.seeds([
                (
                    "form",
                    "POST /\nhost:h\ncontent-type:application/x-www-form-urlencoded\n\nAction=GetCallerIdentity&Version=2011-06-15"
                ),
                ("query", "GET /?Action=AssumeRole&Version=2011-06-15\nhost:h\n\n"),
                ("s3", "PUT /bucket/key?uploads\nhost:h\nx-amz-content-sha256:UNSIGNED-PAYLOAD\n\nbody"),
                ("events", "POST /\nhost:h\nx-amz-target:AWSEvents.PutEvents\n\n{}"),
            ])
    }

    private static let scene = GatewayScene("door")

    static func run(_ input: [UInt8]) {
        let response = scene.answer(RequestText(input))
        promise(response.status >= 400, "a stranger's request is answered with \(response.status)")
        promise(
            response.headers.allSatisfy { !($0.name + $0.value).utf8.contains { $0 < 0x20 || $0 == 0x7F } },
            "an answer's header has a control character"
        )
    }
}
