import Foundation
import Storage
import Testing

@testable import Server

@Suite("Where a store lies")
struct StoreLocationTests {
    /// A directory that is gone with its owner.
    private final class Folder: Sendable {
        let path = FileManager.default.temporaryDirectory.path + "/location-\(UUID().uuidString)"

        init() throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private let owned: Folder
    private var folder: String { owned.path }

    init() throws { owned = try Folder() }

    private func path(_ address: String) -> String? {
        guard case .sqlite(let file) = StoreLocation(address: address) else { return nil }
        return file
    }

    @Test func `is a file, or the one in a data directory`() {
        #expect(path("\(folder)/a.sqlite") == "\(folder)/a.sqlite")
        #expect(path("sqlite:\(folder)/a.sqlite") == "\(folder)/a.sqlite")
        #expect(path(folder) == "\(folder)/strongroom.sqlite")
        #expect(path("a.sqlite") == "a.sqlite")
        let settings = StoreSettings(data: folder)
        #expect(StoreLocation(settings).description == "\(folder)/strongroom.sqlite")
    }

    @Test(arguments: ["postgres://me:secret@host/db", "postgresql://host/db?password=secret"])
    func `is a database, whose address is not shown`(_ address: String) throws {
        let location = try #require(StoreLocation(address: address))
        #expect(location.engine == "postgres")
        #expect(!"\(location)".contains("secret") && !String(reflecting: location).contains("secret"))
    }

    @Test(arguments: ["", "sqlite:", "mysql://host/db", "https://host"])
    func `is nothing else`(_ address: String) {
        #expect(StoreLocation(address: address) == nil)
    }

    @Test func `is not served from while it is half filled`() async throws {
        let now = Date(timeIntervalSince1970: 1_795_000_000)
        let base = try await BaseStore.open(StoreLocation(StoreSettings(data: folder)), creating: true)
        var filler = try await StoreFiller(base, reason: "restore")
        await #expect {
            _ = try await Deployment.open(StoreSettings(data: folder), creating: true, now: now)
        } throws: { error in
            "\(error)".contains("'strongroom restore' did not finish. Run it again.")
        }
        _ = try await filler.finish()
        await base.close()
        // What was filled in has no keyring, which is another matter.
        await #expect {
            _ = try await Deployment.open(StoreSettings(data: folder), creating: false, now: now)
        } throws: { error in
            !"\(error)".contains("did not finish")
        }
    }

    @Test func `is not made by a command that only reads`() async throws {
        await #expect(throws: DeploymentError.self) {
            _ = try await BaseStore.open(.sqlite(file: "\(folder)/none.sqlite"), creating: false)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
}
