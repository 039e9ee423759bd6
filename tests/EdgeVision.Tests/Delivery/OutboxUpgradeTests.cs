using EdgeVision.Delivery;

namespace EdgeVision.Tests.Delivery;

/// <summary>
/// Goldens/outbox.v1.db was written by EdgeVision 0.1.0 of commit 955ba5f, before schema version 2: 25 events of two cameras, the first a dead letter of mqtt;
/// mqtt had 12, iothub 5.
/// </summary>
public sealed class OutboxUpgradeTests : IAsyncDisposable
{
    private readonly OutboxRoom _room = new();

    public OutboxUpgradeTests() => File.Copy(Path.Combine(Repository.Root, "tests/EdgeVision.Tests/Delivery/Goldens/outbox.v1.db"), _room.File);

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task A_file_of_version_1_goes_on_where_it_was_with_a_backup_beside_it()
    {
        var outbox = _room.Open(OutboxRoom.Defaults.Quota, "mqtt", "iothub");
        Assert.Equal((25, 6, 12, 5), (outbox.LastSequence, outbox.Status.OldestSequence, outbox.Cursor("mqtt").Position, outbox.Cursor("iothub").Position));
        Assert.Equal((13, 20), (outbox.Depth("mqtt"), outbox.Depth("iothub")));
        Assert.Equal(Enumerable.Range(6, 20).Select(n => (long)n), outbox.Cursor("iothub").Read(100, int.MaxValue).Select(e => e.Sequence));
        Assert.Equal(1, Assert.Single(outbox.DeadLetters(10)).Entry.Sequence);
        Assert.Equal(27, await _room.AppendAsync(outbox, _room.Event("door"), _room.Event("yard")));
        Assert.Equal([15, 11], outbox.Cursor("mqtt").Read(100, int.MaxValue).TakeLast(2).Select(e => e.CameraSequence));
        Assert.Equal(2L, _room.Ask("PRAGMA user_version"));
        Assert.Contains("version 1 to 2", Assert.Single(_room.Log.Of(EventIds.OutboxMigrated)), StringComparison.Ordinal);

        var backup = _room.NewDirectory();
        File.Copy(_room.File + ".v1.bak", Path.Combine(backup, "outbox.db"));
        Assert.Equal(1L, OutboxRoom.AskIn(backup, "PRAGMA user_version"));
        Assert.Equal(20L, OutboxRoom.AskIn(backup, "SELECT count(*) FROM event"));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_room.File + ".v1.bak"));
    }

    [Fact]
    public void A_sink_that_had_taken_nothing_in_version_1_still_gets_what_was_held_for_it() =>
        Assert.Equal(6, _room.Open("mqtt", "new").Cursor("new").Read(1, int.MaxValue)[0].Sequence);

    [Fact]
    public void Without_room_for_a_backup_the_upgrade_is_made_all_the_same()
    {
        Directory.CreateDirectory(_room.File + ".v1.bak"); // nothing can be moved there
        var outbox = _room.Open("mqtt", "iothub");
        Assert.Equal(25, outbox.LastSequence);
        Assert.Contains("the upgrade goes on", Assert.Single(_room.Log.Of(EventIds.OutboxNotBackedUp)), StringComparison.Ordinal);
        Assert.False(File.Exists(_room.File + ".v1.bak.tmp"));
    }

    [Fact]
    public async Task It_is_upgraded_once()
    {
        await _room.Open("mqtt").DisposeAsync();
        await _room.Open("mqtt").DisposeAsync();
        Assert.Single(_room.Log.Of(EventIds.OutboxMigrated));
    }

    [Fact]
    public void A_version_1_of_another_shape_is_damage()
    {
        _room.Ask("DROP TABLE event");
        Assert.Equal(25, _room.Open("mqtt").LastSequence);
        Assert.Single(_room.Log.Of(EventIds.OutboxReplaced));
    }
}
