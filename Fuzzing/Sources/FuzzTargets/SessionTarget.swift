import Foundation

@testable import AWSProtocol
@testable import Authorization
@testable import CloudTrail
@testable import Cryptography
@testable import IAM
@testable import Operations

/// Sealed texts that callers bring back: session tokens, tokens of subscriptions, markers of lists. Nothing opens that
/// was changed, or that was made for something else.
enum SessionTarget {
    static let target = FuzzTarget(name: "session", bytesMax: 1_024, run: run) {
        let claims =
            #"{"a":"111122223333","b":1795000000,"e":1795000900,"k":"ASIAAAAAAAAAAAAAAAAA","#
            + #""p":{"user":{"_0":{"id":"AIDAAAAAAAAAAAAAAAAAA","name":"u"}}},"t":{"v":{"k":"v"},"t":["k"]}}"#
        return [
            ("garbage", [0] + Array(repeating: UInt8(ascii: "A"), count: 200)), ("as-is", [1]),
            ("flipped", [1, 1, 0, 60, 3]), ("sealed-flipped", [2, 1, 0, 60, 3]),
            ("sealed-shorter", [2, 5, 0, 61]), ("sealed-longer", [2, 2, 0, 90, 7]),
            ("claims", [3] + Array(claims.utf8)), ("written-claims", [3] + certain { try encoded(claimed) }),
            ("subscription", [4, 1, 0, 60, 3]), ("marker", [5, 1, 0, 60, 3]), ("marker-text", [6, 65, 65]),
        ]
    }

    /// Fresh in every process: what another one sealed must not open here.
    private static let keyring = RootKeyring.generate(now: Date(timeIntervalSince1970: 1_790_000_000))
    private static let now = GatewayScene.now

    private static let claimed = SessionClaims(
        account: GatewayScene.account,
        principal: .role(
            RoleSession(
                id: .random(.role),
                role: "app",
                name: certain(SessionName("session"))
            )
        ),
        tags: certain { () throws(SessionTagFault) in try SessionTags([("k", "v")], transitiveKeys: ["k"]) },
        sourceIdentity: "alice",
        issuedAt: now,
        seconds: 900
    )
    private static let token = certain { () throws(IAMError) in
        try IssuedSession(claimed, keyring: keyring, at: now)
    }.token.exposingSecret { $0 }
    private static let sealed = certain(Base64.decode(token))

    static func run(_ input: [UInt8]) {
        var reader = FuzzInput(input)
        switch reader.byte() % 7 {
        case 0: open(reader.remainder().repairedText)
        case 1: open(Array(token.utf8).damaged(by: &reader).repairedText)
        case 2: open(Base64.encode(sealed.damaged(by: &reader)))
        case 3: claims(reader.remainder())
        case 4: subscription(&reader)
        case 5: marker(Array(marker.utf8).damaged(by: &reader).repairedText)
        default: marker(reader.remainder().repairedText)
        }
    }

    private static func open(_ text: String) {
        let opened = SessionSeal.open(text, keyring: keyring)
        promise(
            (opened != nil) == (text == token),
            "a changed session token opens, or an unchanged one does not"
        )
        promise(opened.map { $0.claims == claimed } ?? true, "a session token says something else")
    }

    /// Claims that only the server could have written: whatever they are, reading them ends well.
    private static func claims(_ bytes: [UInt8]) {
        let content = SecretBytes(copying: [1] + Array(repeating: UInt8(ascii: "s"), count: 40) + bytes)
        let sealed = certain { () throws(CryptographyError) in
            try KeyWrap(keyring: keyring, purpose: .sessionTokens).seal(content, authenticating: [])
        }
        guard let opened = SessionSeal.open(Base64.encode(sealed), keyring: keyring) else { return }
        promise(opened.claims.accessKeyID.isTemporary, "a session has a long-term access key id")
        let again = certain { () throws(IAMError) in
            try SessionSeal.seal(
                opened.claims,
                secret: String(repeating: "s", count: 40),
                keyring: keyring
            )
        }
        promise(
            SessionSeal.open(again, keyring: keyring)?.claims == opened.claims,
            "claims are not read as they were written"
        )
    }

    private static func encoded(_ claims: SessionClaims) throws -> [UInt8] {
        Array(try JSONEncoder().encode(claims))
    }

    // MARK: Tokens of subscriptions

    private static let locator = certain(
        SubscriptionLocator(arn: "arn:aws:sns:us-east-1:111122223333:t:1234abcd-12ab-34cd-56ef-1234567890ab")
    )
    private static let confirmation = SubscriptionToken(
        purpose: .confirm,
        subscription: locator,
        expiry: 1_795_000_001
    )
    private static let confirmationText = certain { () throws(CryptographyError) in
        try confirmation.sealed(by: keyring)
    }

    private static func subscription(_ reader: inout FuzzInput) {
        let text = Array(confirmationText.utf8).damaged(by: &reader).repairedText
        let opened = SubscriptionToken(text, for: .confirm, keyring: keyring, at: now)
        // Digits may be in either case.
        let isSame = text.lowercased() == confirmationText
        promise(
            opened == (isSame ? confirmation : nil),
            "a changed token of a subscription opens, or an unchanged one does not"
        )
        let other = SubscriptionToken(text, for: .unsubscribe, keyring: keyring, at: now)
        promise(other == nil, "a token opens for another purpose")
        let late = SubscriptionToken(text, for: .confirm, keyring: keyring, at: now.addingTimeInterval(2))
        promise(late == nil, "a token opens after its time")
    }

    // MARK: Markers

    private static func list(_ name: String, in region: String = "us-east-1") -> ListMarker {
        let call = Call(
            caller: .root(account: "111122223333"),
            region: certain(Region(region)),
            now: now,
            source: CallSource(ipAddress: "192.0.2.7", userAgent: "fuzz", tls: nil),
            accessKeyID: nil,
            requestID: .random()
        )
        return ListMarker(keyring: keyring, list: name, call: call)
    }

    private static let marker = certain { () throws(CryptographyError) in
        try list("topics").token(after: "position")
    }

    private static func marker(_ text: String) {
        let position = list("topics").position(of: text)
        promise(
            position == (text == marker ? "position" : nil),
            "a changed marker opens, or an unchanged one does not"
        )
        promise(list("rules").position(of: text) == nil, "a marker opens for another list")
        promise(list("topics", in: "eu-west-1").position(of: text) == nil, "a marker opens in another Region")
    }
}
