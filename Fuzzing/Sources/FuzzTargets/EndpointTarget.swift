import Foundation
import Glibc

@testable import CloudTrail

/// Where notifications may go and when: addresses of endpoints, rules about them, retry policies.
enum EndpointTarget {
    static let target = FuzzTarget(name: "endpoint", bytesMax: 512, run: run) {
        let policy =
            #"{"minDelayTarget":1,"maxDelayTarget":60,"numRetries":50,"numNoDelayRetries":3,"#
            + #""numMinDelayRetries":2,"numMaxDelayRetries":35,"backoffFunction":"exponential"}"#
        return FuzzTarget.seeds([
            ("url", "https://h.example/a%20b?c=d"), ("port", "http://H.example:8080"),
            ("user", "https://a:b@h.example/"), ("six", "https://[::ffff:127.0.0.1]:443/"),
            ("decimal", "http://2130706433/"), ("octal", "http://0177.0.0.1/"), ("fragment", "http://h/#a@b"),
            ("backslash", "http://h.example\\@other/"), ("host", "xn--bcher-kva.example"),
            ("own", "127.0.0.1"), ("link-local", "fe80::1%eth0"), ("metadata", "169.254.169.254"),
            ("mapped", "::ffff:169.254.169.254"), ("translated", "64:ff9b::a9fe:a9fe"), ("far", "8.8.8.8"),
            ("topic", #"{"http":{"defaultHealthyRetryPolicy":\#(policy),"disableSubscriptionOverrides":false}}"#),
            ("subscription", #"{"healthyRetryPolicy":\#(policy)}"#),
        ])
    }

    static func run(_ input: [UInt8]) {
        let text = input.repairedText
        address(text)
        host(text)
        for isOfTopic in [false, true] { schedule(text, isOfTopic) }
    }

    /// Whoever reads an address again finds the same host.
    private static func address(_ text: String) {
        guard let url = EndpointURL(text) else { return }
        guard let again = EndpointURL(url.canonicalText) else {
            broken("an address is refused once it is put together anew: \(url.canonicalText)")
        }
        promise(
            again.host == url.host && again.port == url.port && again.isSecure == url.isSecure
                && again.canonicalText == url.canonicalText,
            "an address changes when it is read again: \(url.canonicalText)"
        )
        let signs = Set("@/\\?#[]% ".utf8)
        promise(!url.host.utf8.contains { signs.contains($0) }, "a host has signs that part it: \(url.host)")
        let other = URL(string: url.canonicalText)
        promise(
            other?.host(percentEncoded: true)?.filter { !"[]".contains($0) } == url.host
                && other?.user(percentEncoded: true) == nil,
            "Foundation reads another host: \(url.canonicalText)"
        )
    }

    private static let strict = EndpointRules(allowsLoopback: false, sendsMail: false)
    private static let lenient = EndpointRules(allowsLoopback: true, sendsMail: false)

    /// What is refused as an address of IPv4 is refused in every way to write it as one of IPv6.
    private static func host(_ text: String) {
        let refusal = strict.refusal(ofAddress: text)
        if lenient.refusal(ofAddress: text) != nil { promise(refusal != nil, "\(text) is allowed by less") }
        var bytes = [UInt8](repeating: 0, count: 4)
        guard !text.utf8.contains(0), inet_pton(AF_INET, text, &bytes) == 1 else { return }
        let isForbidden =
            bytes[0] == 0 || bytes[0] == 127 || bytes[0] >= 224 || (bytes[0] == 169 && bytes[1] == 254)
        promise(refusal != nil || !isForbidden, "\(text) is allowed")
        let words = bytes.map { String(format: "%02x", $0) }
        let (high, low) = (words[0] + words[1], words[2] + words[3])
        for form in ["::ffff:\(text)", "::ffff:\(high):\(low)", "64:ff9b::\(high):\(low)", "2002:\(high):\(low)::"] {
            promise(strict.refusal(ofAddress: form) == refusal, "\(form) is not judged as \(text)")
        }
    }

    private static func schedule(_ text: String, _ isOfTopic: Bool) {
        guard let schedule = read(text, isOfTopic) else { return }
        promise(
            read(schedule.rendered(ofTopic: isOfTopic), isOfTopic) == schedule,
            "a schedule is not read as it was written"
        )
        for attempt in 1...(schedule.retries + 1) {
            guard let pause = schedule.pause(afterAttempts: attempt) else {
                promise(attempt > schedule.retries, "a delivery is given up after \(attempt) attempts")
                continue
            }
            promise(
                attempt <= schedule.retries && pause >= 0 && pause <= 3_600,
                "a delivery waits \(pause) seconds after \(attempt) attempts"
            )
        }
    }

    private static func read(_ text: String, _ isOfTopic: Bool) -> DeliverySchedule? {
        accepted { () throws(SNSError) in try DeliverySchedule(parsing: text, ofTopic: isOfTopic) }
    }
}
