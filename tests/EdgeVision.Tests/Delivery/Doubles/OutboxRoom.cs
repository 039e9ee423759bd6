using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Delivery;

/// <summary>A data directory of its own, a clock, a log, and the outboxes opened in it; all closed and gone at the end of the test.</summary>
public sealed class OutboxRoom : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    public static readonly NodeIdentity Node = new("node-1", "edgevision", "test", () => true);
    private readonly List<Outbox> _opened = [];
    private readonly List<string> _directories = [];
    private int _made;

    public OutboxRoom() => Directory = NewDirectory();

    public string Directory { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    public CollectingLogger Log { get; } = new();

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static OutboxOptions Defaults { get; } = OptionsReader.Defaults(OutboxOptions.Read);

    /// <summary>What every sink has goes at once, so that tests of cursors see it go.</summary>
    public static OutboxOptions Options { get; } = Defaults with { Quota = Defaults.Quota with { KeepDelivered = TimeSpan.Zero } };

    public string File => Path.Combine(Directory, "outbox.db");

    public string NewDirectory()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("edgevision-outbox-").FullName;
        _directories.Add(directory);
        return directory;
    }

    public Outbox Open(params string[] sinks) => OpenIn(Directory, Time, sinks);

    public Outbox OpenIn(string directory, TimeProvider time, params string[] sinks) => OpenIn(directory, time, Options, sinks);

    public Outbox Open(OutboxQuota quota, params string[] sinks) => OpenIn(Directory, Time, Options with { Quota = quota }, sinks);

    public Outbox OpenIn(string directory, TimeProvider time, OutboxOptions options, params string[] sinks)
    {
        var outbox = Outbox.Open(directory, options, Node, sinks, time, Log);
        _opened.Add(outbox);
        return outbox;
    }

    /// <summary>Appends past the group-commit window, so that nothing is waited for.</summary>
    public async Task<long> AppendAsync(Outbox outbox, params VisionEvent[] events)
    {
        Time.Advance(Options.GroupCommit);
        return await outbox.AppendAsync(events, Cancel).AsTask().WaitAsync(Patience, Cancel);
    }

    public async Task<long> FillAsync(Outbox outbox, int count) =>
        await AppendAsync(outbox, [.. Enumerable.Range(0, count).Select(_ => Event())]);

    /// <summary>Lets the clock run on, past every delay and backoff, until <paramref name="task"/> is done.</summary>
    public async Task PassTimeUntilAsync(Task task, TimeSpan? step = null)
    {
        var bound = Task.Delay(Patience, TimeProvider.System, Cancel);
        while (!task.IsCompleted)
        {
            Assert.False(bound.IsCompleted, "It did not happen, however much time passed.");
            Time.Advance(step ?? TimeSpan.FromSeconds(1));
            await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancel)); // real threads need a moment between
        }

        await task;
    }

    /// <summary>Until the writer has nothing left to do, seen several times: it looks up between two steps.</summary>
    public async Task IdleAsync(Outbox outbox)
    {
        Time.Advance(TimeSpan.FromMilliseconds(300)); // cursors
        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel); // a real thread
        for (var idle = 0; idle < 5; idle = outbox.IsIdle ? idle + 1 : 0)
        {
            Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        }
    }

    /// <summary>Appends whatever else the writer commits meanwhile; the clock runs on until it is there.</summary>
    public async Task<long> PatientlyAppendAsync(Outbox outbox, params VisionEvent[] events)
    {
        var append = outbox.AppendAsync(events, Cancel).AsTask();
        await PassTimeUntilAsync(append);
        return await append;
    }

    /// <summary>The next event; every one with a text of its own.</summary>
    public VisionEvent Event(string? camera = null)
    {
        var number = Interlocked.Increment(ref _made);
        return camera is null
            ? new SystemEvent { Time = Time.GetUtcNow(), Kind = SystemEventKind.Started, Message = $"event {number}" }
            : new CameraEvent { Time = Time.GetUtcNow(), Camera = camera, State = CameraState.Recovered, Reason = $"event {number}" };
    }

    public object? Ask(string sql) => AskIn(Directory, sql);

    public static object? AskIn(string directory, string sql)
    {
        SQLitePCL.Batteries_V2.Init();
        using var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "outbox.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>What a power cut leaves: the files as they are, nothing closed. The writer has to be at rest.</summary>
    public string CutPower(string directory)
    {
        var left = NewDirectory();
        foreach (var name in (string[])["outbox.db", "outbox.db-wal"])
        {
            var from = Path.Combine(directory, name);
            if (System.IO.File.Exists(from)) System.IO.File.Copy(from, Path.Combine(left, name));
        }

        return left;
    }

    public async ValueTask DisposeAsync()
    {
        // By the real clock: one whose disk is made to fail would wait for this clock, which nobody moves any more.
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);
        foreach (var outbox in _opened) await outbox.CloseAsync(deadline.Token);
        foreach (var directory in _directories) System.IO.Directory.Delete(directory, recursive: true);
    }
}
