import IAM
import Storage

/// Finds out whether the store reads what was sealed and, after a failure, whether it takes writes again.
struct StoreProbe: Sendable {
    let administration: IdentityAdministration
    let store: any RecordStore
    let meter: StoreMeter

    static let kind = RecordKind("server.probe")
    private static let record = RecordKey(kind, "room")
    /// As much as a large change needs, so that the last free page does not count as room.
    private static let probeBytes = 64 << 10

    /// Why the store cannot be read; nil when it can.
    @Sendable func readingTrouble() async -> String? {
        do throws(StorageError) {
            _ = try await store.latestChange()
            return nil
        } catch {
            return "the store cannot be read"
        }
    }

    /// Why what the store holds cannot be opened; nil when it can.
    @Sendable func sealTrouble() async -> String? {
        do throws(IAMError) {
            // The one record that every deployment has, sealed like all others.
            guard try await administration.defaultAccount() != nil else { return "the store has no account" }
            return nil
        } catch .storage(.corrupted) {
            return "a record cannot be opened with the root keyring"
        } catch {
            return "the store cannot be read"
        }
    }

    /// Why the store takes no writes; nil when it does, as far as is known.
    ///
    /// While commits succeed nothing is asked. After one failed for a reason that concerns all, a record is
    /// written, so that the store is found well again even when nobody else tries.
    @Sendable func writingTrouble() async -> String? {
        guard meter.standingFailure != nil else { return nil }
        do throws(StorageError) {
            let padding = [UInt8](repeating: 0, count: Self.probeBytes)
            _ = try await store.commit([.put(Self.record, padding, expecting: .any)])
            _ = try await store.commit([.delete(Self.record, expecting: .any)])
            return nil
        } catch .full {
            return "the store is full"
        } catch {
            return "the store cannot be written"
        }
    }
}
