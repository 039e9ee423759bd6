using System.Text.Json;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;

namespace EdgeVision.Tests.Delivery;

public sealed class OutboxTests : IAsyncDisposable
{
    private readonly OutboxRoom _room = new();

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task Sequences_count_from_1_per_node_and_per_camera_and_stand_in_the_body()
    {
        var outbox = _room.Open("mqtt");
        Assert.Equal(3, await _room.AppendAsync(outbox, _room.Event("door"), _room.Event("yard"), _room.Event("door")));
        Assert.Equal(4, await _room.AppendAsync(outbox, _room.Event()));

        var entries = outbox.Cursor("mqtt").Read(10, int.MaxValue);
        Assert.Equal([(1, 1, "door"), (2, 1, "yard"), (3, 2, "door"), (4, 0, null)], entries.Select(e => (e.Sequence, e.CameraSequence, e.Camera)));
        foreach (var entry in entries)
        {
            using var body = JsonDocument.Parse(entry.Body);
            Assert.Equal(entry.Sequence.ToString("D20", null), body.RootElement.GetProperty("sequence").GetString());
            Assert.Equal(entry.Id.ToString(), body.RootElement.GetProperty("id").GetString());
            Assert.Equal(entry.Type, body.RootElement.GetProperty("type").GetString());
            Assert.Equal(entry.CameraSequence > 0, body.RootElement.TryGetProperty("camerasequence", out _));
        }
    }

    [Fact]
    public async Task An_entry_carries_what_the_event_said()
    {
        var outbox = _room.Open("mqtt");
        var lost = new CameraEvent { Time = _room.Time.GetUtcNow(), Camera = "door", State = CameraState.Lost };
        await _room.AppendAsync(outbox, lost);

        var entry = Assert.Single(outbox.Cursor("mqtt").Read(10, int.MaxValue));
        Assert.Equal((lost.Id, EventFamily.Camera, "io.edgevision.camera.v1", "door", Severity.Warning, lost.Time),
            (entry.Id, entry.Family, entry.Type, entry.Camera!, entry.Severity, entry.Time));
    }

    [Fact]
    public async Task Sequences_go_on_after_a_restart_even_when_everything_was_delivered()
    {
        var first = _room.Open("mqtt");
        await _room.AppendAsync(first, _room.Event("door"), _room.Event("door"));
        first.Cursor("mqtt").Advance(2);
        await first.DisposeAsync();

        var second = _room.Open("mqtt");
        Assert.Equal((2, 3, 0), (second.LastSequence, second.FirstSequence, second.Depth("mqtt")));
        Assert.Equal(3, await _room.AppendAsync(second, _room.Event("door")));
        var entry = Assert.Single(second.Cursor("mqtt").Read(10, int.MaxValue));
        Assert.Equal((3, 3), (entry.Sequence, entry.CameraSequence));
    }

    [Fact]
    public void The_file_has_a_log_full_synchrony_and_a_version()
    {
        using var file = OutboxFile.Open(_room.Directory, _room.Time, _room.Log);
        object? Pragma(string name)
        {
            using var command = file.Writer.CreateCommand();
            command.CommandText = "PRAGMA " + name;
            return command.ExecuteScalar();
        }

        Assert.Equal("wal", Pragma("journal_mode"));
        Assert.Equal(2L, Pragma("synchronous")); // FULL
        Assert.Equal(2L, Pragma("auto_vacuum")); // INCREMENTAL
        Assert.Equal((long)OutboxSchema.Version, Pragma("user_version"));
        Assert.Equal((long)OutboxFile.ApplicationId, Pragma("application_id"));
    }

    [Fact]
    public async Task An_event_that_cannot_be_written_fails_its_own_append_and_leaves_no_gap()
    {
        var outbox = _room.Open("mqtt");
        VisionEvent[] half = [_room.Event("door"), new CameraEvent { Time = _room.Time.GetUtcNow(), Camera = "door", State = (CameraState)99 }];
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _room.AppendAsync(outbox, half));

        Assert.Equal(1, await _room.AppendAsync(outbox, _room.Event("door")));
        Assert.Equal(1, Assert.Single(outbox.Cursor("mqtt").Read(10, int.MaxValue)).CameraSequence);
    }

    [Fact]
    public async Task An_append_cancelled_before_it_is_taken_appends_nothing()
    {
        var outbox = _room.Open("mqtt");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await outbox.AppendAsync(_room.Event(), cancelled.Token));
        Assert.Equal(1, await _room.AppendAsync(outbox, _room.Event()));
    }

    [Fact]
    public async Task An_append_cancelled_while_it_waits_is_there_once_all_the_same()
    {
        var outbox = _room.Open("mqtt");
        await _room.AppendAsync(outbox, _room.Event());
        using var impatient = new CancellationTokenSource();
        var append = outbox.AppendAsync(_room.Event(), impatient.Token).AsTask(); // the window of the first commit holds it
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);

        var third = outbox.AppendAsync(_room.Event(), OutboxRoom.Cancel).AsTask();
        await _room.PassTimeUntilAsync(third);
        Assert.Equal(3, await third);
        Assert.Equal([1, 2, 3], outbox.Cursor("mqtt").Read(10, int.MaxValue).Select(e => e.Sequence));
    }

    [Fact]
    public async Task Closing_commits_what_was_handed_over()
    {
        var outbox = _room.Open("mqtt");
        await _room.AppendAsync(outbox, _room.Event());
        var appends = Enumerable.Range(0, 100).Select(_ => outbox.AppendAsync(_room.Event(), OutboxRoom.Cancel).AsTask()).ToArray();
        await outbox.DisposeAsync(); // the clock stands still: closing does not wait for the window
        Assert.Equal(Enumerable.Range(2, 100).Select(n => (long)n), (await Task.WhenAll(appends)).Order());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await outbox.AppendAsync(_room.Event(), OutboxRoom.Cancel));
        Assert.Equal(101L, _room.Ask("SELECT count(*) FROM event"));
    }

    [Fact]
    public async Task A_lone_event_commits_at_once()
    {
        var outbox = _room.Open("mqtt"); // the clock stands still in this test
        Assert.Equal(1, await outbox.AppendAsync(_room.Event(), OutboxRoom.Cancel).AsTask().WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel));
        _room.Time.Advance(OutboxRoom.Options.GroupCommit);
        Assert.Equal(2, await outbox.AppendAsync(_room.Event(), OutboxRoom.Cancel).AsTask().WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel));
    }

    [Fact]
    public async Task Events_within_the_window_share_the_next_commit_and_wait_no_longer_than_it()
    {
        var outbox = _room.Open("mqtt");
        await _room.AppendAsync(outbox, _room.Event());
        var next = outbox.Committed.Next;
        var appends = Enumerable.Range(0, 5).Select(_ => outbox.AppendAsync(_room.Event(), OutboxRoom.Cancel).AsTask()).ToArray();
        _room.Time.Advance(OutboxRoom.Options.GroupCommit - TimeSpan.FromMilliseconds(1));
        Assert.DoesNotContain(appends, a => a.IsCompleted);
        Assert.False(next.IsCompleted);

        _room.Time.Advance(TimeSpan.FromMilliseconds(1));
        await next.WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel);
        var afterwards = outbox.Committed.Next;
        await Task.WhenAll(appends).WaitAsync(OutboxRoom.Patience, OutboxRoom.Cancel);
        Assert.False(afterwards.IsCompleted, "One commit for all five.");
    }

    [Fact]
    public async Task Appends_from_many_threads_get_every_number_once()
    {
        var outbox = _room.OpenIn(_room.Directory, TimeProvider.System, "mqtt");
        var sequences = await Task.WhenAll(Enumerable.Range(0, 8).Select(camera => Task.Run(
            async () =>
            {
                var mine = new List<long>();
                for (var i = 0; i < 50; i++) mine.Add(await outbox.AppendAsync(_room.Event($"camera-{camera}"), OutboxRoom.Cancel));
                return mine;
            },
            OutboxRoom.Cancel)));
        Assert.Equal(Enumerable.Range(1, 400).Select(n => (long)n), sequences.SelectMany(s => s).Order());
        Assert.All(sequences, s => Assert.Equal(s.Order(), s));
        Assert.Equal(400L, outbox.Depth("mqtt"));
    }

    [Fact]
    public void Options_have_the_defaults_that_the_documentation_states()
    {
        Assert.Equal(
            new OutboxOptions(TimeSpan.FromMilliseconds(10), 128, 262_144, new OutboxQuota(1L << 30, 10_000_000, TimeSpan.FromDays(7), 64 << 20, TimeSpan.FromHours(1), 10_000, 16 << 20)),
            OptionsReader.Defaults(OutboxOptions.Read));
        Assert.Equal(
            ["GroupCommitMs", "BatchSize", "BatchBytes", "MaxBytes", "MaxEvents", "MaxAgeHours", "MinFreeBytes", "KeepDeliveredMinutes", "MaxDeadLetters", "DeadLetterBytes"],
            OptionsReading.Describe(OutboxOptions.Read).Select(k => k.Path.Split(':')[^1]));
    }
}
