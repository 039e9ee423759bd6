using EdgeVision.Delivery;

namespace EdgeVision.Tests.Delivery;

/// <summary>A damaged file is put aside, a new one goes on with the numbers, an event says so.</summary>
public sealed class OutboxDamageTests : IAsyncDisposable
{
    private readonly OutboxRoom _room = new();

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task A_damaged_page_costs_what_was_held_and_no_number_comes_twice()
    {
        var outbox = _room.Open("mqtt");
        await _room.AppendAsync(outbox, [.. Enumerable.Range(0, 200).Select(_ => _room.Event("door"))]);
        outbox.Cursor("mqtt").Advance(50);
        await outbox.DisposeAsync();
        Damage(page => page >= 12); // behind the roots of the small tables

        outbox = _room.Open("mqtt");
        await _room.PatientlyAppendAsync(outbox, _room.Event("door"));
        var events = outbox.Cursor("mqtt").Read(10, int.MaxValue);
        Assert.Equal([201, 202], events.Select(e => e.Sequence));
        Assert.Equal(201, events[1].CameraSequence);
        var told = Assert.Single(OutboxLosses.Of(events));
        Assert.Equal(("outboxReplaced", 51, 200), (told.Kind, told.From, told.To));
        Assert.Single(_room.Log.Of(EventIds.OutboxReplaced));
        Assert.Single(Aside());
    }

    [Fact]
    public async Task A_file_that_says_nothing_any_more_is_followed_by_numbers_that_were_reserved()
    {
        var outbox = _room.Open("mqtt");
        await _room.AppendAsync(outbox, _room.Event("door"), _room.Event("door"));
        await outbox.DisposeAsync();
        await File.WriteAllTextAsync(_room.File, new string('x', 10_000), OutboxRoom.Cancel);

        outbox = _room.Open("mqtt");
        await _room.PatientlyAppendAsync(outbox, _room.Event("door"));
        var events = outbox.Cursor("mqtt").Read(10, int.MaxValue);
        Assert.Equal([SequenceNote.Step + 3, SequenceNote.Step + 4], events.Select(e => e.Sequence));
        Assert.True(events[1].CameraSequence > 2);
        Assert.Equal((0L, SequenceNote.Step + 2), (OutboxLosses.Of(events)[0].Count, OutboxLosses.Of(events)[0].To));
        await outbox.DisposeAsync();
        Assert.Equal(events[1].Sequence + 1, await _room.PatientlyAppendAsync(_room.Open("mqtt"), _room.Event()));
    }

    [Fact]
    public async Task A_lost_table_makes_a_new_file()
    {
        await _room.Open("mqtt").DisposeAsync();
        _room.Ask("DROP TABLE counter");
        Assert.Equal(2, await _room.PatientlyAppendAsync(_room.Open("mqtt"), _room.Event()));
        Assert.Single(Aside());
    }

    [Fact]
    public async Task Damage_met_while_the_node_runs_costs_the_file_and_nothing_else()
    {
        var outbox = _room.Open("mqtt", "slow");
        var sink = new CollectingSink();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(OutboxRoom.Cancel);
        var delivery = new DeliveryLoop(outbox, "mqtt", sink, new SinkTelemetry("mqtt"), TimeProvider.System, _room.Log).RunAsync(stopping.Token);
        await _room.AppendAsync(outbox, [.. Enumerable.Range(0, 300).Select(_ => _room.Event("door"))]);
        Assert.Equal(300, (await sink.TakeAsync(300))[^1].Sequence);

        await File.WriteAllTextAsync(_room.File, new string('x', 20_000), OutboxRoom.Cancel);
        outbox.ReportDamage();
        await _room.PassTimeUntilAsync(_room.Log.HearAsync(EventIds.OutboxReplaced));
        _room.Time.Advance(OutboxRoom.Options.GroupCommit);
        await _room.PassTimeUntilAsync(outbox.AppendAsync(_room.Event("door"), OutboxRoom.Cancel).AsTask());

        var after = await sink.TakeAsync(2);
        Assert.Equal([301, 302], after.Select(e => e.Sequence));
        Assert.Equal(301, after[1].CameraSequence);
        Assert.Equal(("outboxReplaced", 300L), (OutboxLosses.Of(after)[0].Kind, OutboxLosses.Of(after)[0].To));
        Assert.Equal(2, outbox.Depth("slow"));
        await stopping.CancelAsync();
        await delivery;
    }

    [Fact]
    public async Task Damage_that_a_reader_meets_is_repaired_by_the_writer()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 20);
        _room.Ask("UPDATE event SET id = x'00' WHERE sequence = 5"); // no identifier of ours
        var read = outbox.Cursor("mqtt").ReadAsync(100, int.MaxValue, OutboxRoom.Cancel).AsTask();
        await _room.PassTimeUntilAsync(read);
        var after = await read;
        Assert.Equal(21, Assert.Single(after).Sequence);
        var told = Assert.Single(OutboxLosses.Of(after));
        Assert.Equal((20, 1, 20), (told.Count, told.From, told.To)); // meeting damage is no delivery
        Assert.Single(Aside());
    }

    [Fact]
    public async Task Damage_that_is_met_moves_no_position_and_asks_for_no_haste()
    {
        var outbox = _room.Open("mqtt");
        await _room.FillAsync(outbox, 20);
        _room.Ask("UPDATE event SET id = x'00' WHERE sequence = 5");
        using var reader = new OutboxReader(outbox.File, static _ => { }); // nobody repairs it meanwhile
        var cursor = new OutboxCursor(outbox, reader, "other", 0, null, 1, 20);

        Assert.Empty(cursor.Read(100, int.MaxValue));
        Assert.Equal(0, cursor.Position);
        cursor.LeaveBehind();
        var turns = new DeliveryTurns(outbox, cursor, DeliveryOptions.Default, _room.Time);
        Assert.Empty(turns.Next().Entries);
        Assert.Equal((0, 20), (cursor.Position, cursor.Behind));
        Assert.Null(turns.Wait); // otherwise the loop would read the damage again without a pause
    }

    [Fact]
    public async Task The_two_newest_damaged_files_are_kept()
    {
        for (var i = 0; i < 4; i++)
        {
            await File.WriteAllTextAsync(_room.File, new string('x', 10_000 + i), OutboxRoom.Cancel);
            await _room.Open("mqtt").DisposeAsync();
            _room.Time.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Equal([10_002, 10_003], Aside().Select(f => new FileInfo(f).Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-5")]
    [InlineData("99999999999999999999999999")]
    public async Task A_note_that_is_no_number_is_none(string text)
    {
        await File.WriteAllTextAsync(Path.Combine(_room.Directory, "outbox.sequence"), text, OutboxRoom.Cancel);
        Assert.Equal(1, await _room.PatientlyAppendAsync(_room.Open("mqtt"), _room.Event()));
    }

    [Fact]
    public async Task Files_are_this_users_alone_also_those_that_were_not()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Unix modes are tested.");
            return;
        }

        var folder = Path.Combine(_room.Directory, "data");
        var outbox = _room.OpenIn(folder, _room.Time, "mqtt");
        await _room.FillAsync(outbox, 1);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        Assert.Equal(["outbox.db", "outbox.db-shm", "outbox.db-wal", "outbox.db.lock", "outbox.sequence"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var file in Directory.GetFiles(folder)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await outbox.DisposeAsync();

        File.SetUnixFileMode(Path.Combine(folder, "outbox.db"), (UnixFileMode)0x1B6); // 0666
        await _room.FillAsync(_room.OpenIn(folder, _room.Time, "mqtt"), 1);
        foreach (var file in Directory.GetFiles(folder)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    private string[] Aside() => [.. Directory.GetFiles(_room.Directory, "outbox.db.corrupt-*").Where(f => !f.EndsWith("-wal", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Pages from 0 that <paramref name="hit"/> are overwritten.</summary>
    private void Damage(Func<int, bool> hit)
    {
        var bytes = File.ReadAllBytes(_room.File);
        for (var page = 0; page * 4096 < bytes.Length; page++)
        {
            if (hit(page)) bytes.AsSpan(page * 4096, 4096).Fill(0xAA);
        }

        File.WriteAllBytes(_room.File, bytes);
    }
}
