using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using EdgeVision.Events;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Delivery;

/// <summary>
/// The one thread that writes: gathers appends into group commits, saves cursors, deletes what every sink has, and outlasts a failing disk.
/// A thread of its own because commits block for as long as the disk likes, which on a two-core node would starve the pool.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The wake-up is set by whoever appends, until the last of them is gone; its handle closes itself.")]
internal sealed partial class OutboxWriter
{
    /// <summary>Appends waiting for the writer. Beyond it the appenders wait, and their mailboxes drop frames.</summary>
    private const int QueueCapacity = 4096;

    /// <summary>Requests a transaction takes: the whole queue, so that a full one is emptied by one commit.</summary>
    private const int MaxRequests = QueueCapacity;

    /// <summary>Rows deleted in one go, 1 to 2 ms each way: an append that comes meanwhile hardly waits.</summary>
    private const int DeleteChunk = 512;

    /// <summary>A log this long means that a reader was in the way of every checkpoint; then one waits for it.</summary>
    private const long LongLogBytes = 64 << 20;

    /// <summary>Longest wait between attempts while the outbox is closing.</summary>
    private static readonly TimeSpan LastRetries = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan CursorDelay = TimeSpan.FromMilliseconds(250);

    private readonly OutboxFile _file;
    private readonly NodeIdentity _node;
    private readonly OutboxQuota _quota;
    private readonly string _path;
    private readonly FileInfo _log;
    private readonly TimeSpan _groupCommit;
    private readonly Lock _sinks = new();
    private readonly CommitSignal _committed;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    // Capacity 4096, full: wait. Any writers, one reader: the thread.
    private readonly Channel<WriteRequest> _queue = Channel.CreateBounded<WriteRequest>(
        new BoundedChannelOptions(QueueCapacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly List<WriteRequest> _batch = [];
    private readonly AutoResetEvent _wake = new(false);
    private readonly ITimer _alarm;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RetrySchedule _retry = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), Random.Shared);

    private OutboxCursor[] _cursors; // exchanged whole; taken once a transaction
    private OutboxCursor[] _removed = []; // their positions are to be saved once more

    private long _lastSequence;
    private long _oldestSequence;
    private long _failures;
    private int _idle;
    private int _cursorsMoved;
    private bool _closing;
    private bool _abandoning;
    private bool _failing;

    // The thread's own, but for its counts.
    private OutboxLedger _ledger;

    // The thread's own.
    private long? _lastAppend;
    private long? _movedSince;
    private long _failingSince;
    private long _retryFrom;
    private TimeSpan _retryIn;
    private bool _mayVacuum;

    public OutboxWriter(
        OutboxFile file, OutboxLedger ledger, OutboxOptions options, NodeIdentity node, OutboxCursor[] cursors, CommitSignal committed, TimeProvider time, ILogger logger)
    {
        (_file, _ledger, _path, _node, _groupCommit, _quota) = (file, ledger, file.Path, node, options.GroupCommit, options.Quota);
        (_cursors, _committed, _time, _logger) = (cursors, committed, time, logger);
        (_lastSequence, _oldestSequence) = (ledger.LastSequence, ledger.Oldest);
        _log = new FileInfo(_path + "-wal");
        _alarm = time.CreateTimer(static wake => ((AutoResetEvent)wake!).Set(), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _mayVacuum = true;
        _looked = time.GetTimestamp();
        if (file.Replaced is { } replaced) TellReplaced(replaced.Salvage, replaced.MovedTo);
    }

    public long LastSequence => Volatile.Read(ref _lastSequence);

    public long OldestSequence => Volatile.Read(ref _oldestSequence);

    public bool Writable => !Volatile.Read(ref _failing);

    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Waits for work, with none left.</summary>
    public bool IsIdle => Volatile.Read(ref _idle) != 0;

    public bool IsOver => _ended.Task.IsCompleted;

    public void Start()
    {
        Opened(_logger, _path, LastSequence, _ledger.HeldEvents);
        new Thread(Run) { IsBackground = true, Name = "outbox writer" }.Start();
    }

    /// <summary>False when the outbox is closed. Cancelled, nothing has been handed over.</summary>
    public async ValueTask<bool> HandOverAsync(WriteRequest request, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        while (!_queue.Writer.TryWrite(request))
        {
            if (!await _queue.Writer.WaitToWriteAsync(stopping).ConfigureAwait(false)) return false;
        }

        // Only a thread that waits for work needs to hear of it; one that gathers company will look by itself.
        if (Interlocked.Exchange(ref _idle, 0) != 0) _wake.Set();
        return true;
    }

    public void CursorMoved()
    {
        if (Interlocked.Exchange(ref _cursorsMoved, 1) == 0) _wake.Set();
    }

    public void Add(OutboxCursor cursor)
    {
        lock (_sinks) Volatile.Write(ref _cursors, [.. _cursors, cursor]);
    }

    public void Remove(OutboxCursor cursor)
    {
        lock (_sinks)
        {
            Volatile.Write(ref _cursors, [.. _cursors.Where(c => c != cursor)]);
            Volatile.Write(ref _removed, [.. _removed, cursor]);
        }

        CursorMoved();
    }

    public void Close()
    {
        _queue.Writer.TryComplete();
        Volatile.Write(ref _closing, true);
        _wake.Set();
    }

    /// <summary>Waits for the thread. When <paramref name="deadline"/> fires it gives up on a failing disk; false when not even that ends it.</summary>
    public async Task<bool> EndAsync(CancellationToken deadline)
    {
        try
        {
            await _ended.Task.WaitAsync(deadline).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            Volatile.Write(ref _abandoning, true);
            _wake.Set();
        }

        // A moment for the thread to see it; one that is stuck inside the kernel will not.
        var ended = await Task.WhenAny(_ended.Task, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None)).ConfigureAwait(false);
        return ended == _ended.Task;
    }

    private void Run()
    {
        Exception? bug = null;
        try
        {
            while (!Volatile.Read(ref _abandoning))
            {
                Gather();
                var wait = NextStep();
                if (wait is null && Volatile.Read(ref _closing) && Drained()) break;
                if (wait == TimeSpan.Zero) Step();
                else WaitFor(wait);
            }
        }
#pragma warning disable CA1031 // A bug here must not end the process: whoever appends gets it, and rises it to the supervisor.
        catch (Exception e)
#pragma warning restore CA1031
        {
            bug = e;
        }

        End(bug);
    }

    private void Gather()
    {
        while ((_failing || _batch.Count < MaxRequests) && _queue.Reader.TryRead(out var request)) _batch.Add(request);
        if (_failing) HoldInMemory();
        if (_movedSince is null && Volatile.Read(ref _cursorsMoved) != 0) _movedSince = _time.GetTimestamp();
    }

    /// <summary>Null: nothing to do. Zero: now.</summary>
    private TimeSpan? NextStep()
    {
        var closing = Volatile.Read(ref _closing);
        if (_failing) return Remaining(_retryFrom, closing && _retryIn > LastRetries ? LastRetries : _retryIn);
        if (_batch.Count > 0 && (closing || _lastAppend is null)) return TimeSpan.Zero;
        if (_movedSince is not null && closing) return TimeSpan.Zero;
        // With appends in hand, room is made in their transaction.
        if (!closing && _batch.Count == 0 && (IsSuspect() || HasChores() || _mayVacuum)) return TimeSpan.Zero;
        TimeSpan? append = _batch.Count > 0 ? Remaining(_lastAppend!.Value, _groupCommit) : null;
        TimeSpan? cursors = _movedSince is { } since ? Remaining(since, CursorDelay) : null;
        TimeSpan? chores = !closing && _ledger.HeldEvents > 0 ? LookEvery : null;
        return Sooner(Sooner(append, cursors), chores);
    }

    private static TimeSpan? Sooner(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b ?? a : a;

    /// <summary>Less than a millisecond, which no timer keeps, counts as over: an event is never held longer than promised.</summary>
    private TimeSpan Remaining(long from, TimeSpan duration)
    {
        var remaining = duration - _time.GetElapsedTime(from);
        return remaining.TotalMilliseconds < 1 ? TimeSpan.Zero : remaining;
    }

    private void WaitFor(TimeSpan? duration)
    {
        if (_failing && duration > LookWhileFailing) duration = LookWhileFailing;
        // Appends in hand, or a disk that refuses them: more will be picked up when the time is over. Otherwise the first one wakes.
        var listening = _batch.Count == 0 && !_failing;
        if (listening)
        {
            Interlocked.Exchange(ref _idle, 1);
            if (_queue.Reader.TryPeek(out _)) duration = TimeSpan.Zero; // came before the flag was up
        }

        if (duration != TimeSpan.Zero) Ring(duration);
        if (listening) Volatile.Write(ref _idle, 0);
    }

    /// <summary>
    /// Two clocks, whichever rings first; the loop asks the provider's what time it is. The provider's timer needs a thread of the pool, and
    /// on a node whose pool is busy inferring that comes late; the kernel's does not.
    /// </summary>
    private void Ring(TimeSpan? duration)
    {
        if (duration is not { } time)
        {
            _wake.WaitOne();
            return;
        }

        _alarm.Change(time, Timeout.InfiniteTimeSpan);
        _wake.WaitOne((int)Math.Min(time.TotalMilliseconds, int.MaxValue));
        _alarm.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private bool Drained() => _batch.Count == 0 && !_queue.Reader.TryPeek(out _) && Volatile.Read(ref _cursorsMoved) == 0;

    private void Step()
    {
        try
        {
            if (IsSuspect() && !Repair()) return;
            if (_failing) MakeRoom();
            if (_batch.Count > 0 && !_failing && !AppendIsDue()) Keep(appends: false);
            else Keep(appends: true);
            Recovered();
            Maintain();
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB && _salvage is null)
        {
            _ledger.Rollback();
            Volatile.Write(ref _suspect, _file.Generation + 1);
        }
        catch (Exception e) when (e is SqliteException || (_salvage is not null && e is IOException or UnauthorizedAccessException))
        {
            if (_salvage is null) _ledger.Rollback();
            Failed(e);
        }
    }

    private bool AppendIsDue() => _lastAppend is null || Volatile.Read(ref _closing) || Remaining(_lastAppend.Value, _groupCommit) == TimeSpan.Zero;

    private void End(Exception? bug)
    {
        _queue.Writer.TryComplete(bug);
        while (_queue.Reader.TryRead(out var request)) _batch.Add(request);
        if (_batch.Count > 0)
        {
            ClosedWithLoss(_logger, bug, _path, _batch.Sum(r => r.Events.Count));
            foreach (var request in _batch) request.Fail(bug ?? OutboxTrouble.Unwritten(_path));
        }

        _alarm.Dispose();
        if (_salvage is null) _ledger.Dispose();
        _ended.TrySetResult();
    }
}
