using System.Diagnostics.CodeAnalysis;
using EdgeVision.Events;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Delivery;

/// <summary>
/// Where events wait until every sink has them: a SQLite file (write-ahead log, synchronous=FULL) with one cursor per sink. What
/// <see cref="AppendAsync(VisionEvent, CancellationToken)"/> has returned for survives a kill and a power cut. One per node; any thread.
/// </summary>
public sealed class Outbox : IAsyncDisposable
{
    /// <summary>For <see cref="DisposeAsync"/>: half of the 10 s that a stop may take.</summary>
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(5);

    private readonly OutboxFile _file;
    private readonly OutboxWriter _writer;
    private readonly OutboxReader _lists;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, OutboxCursor> _cursors = new(StringComparer.Ordinal);

    /// <summary>Of sinks that are not there now.</summary>
    private readonly Dictionary<string, SavedCursor> _left;
    private readonly List<OutboxReader> _readers = [];
    private int _closed;

    private Outbox(OutboxFile file, OutboxOptions options, NodeIdentity node, IEnumerable<string> sinks, TimeProvider time, ILogger log)
    {
        (_file, _time, Options) = (file, time, options);
        var ledger = new OutboxLedger(file.Writer, node, time);
        FirstSequence = ledger.LastSequence + 1;
        _left = ledger.SavedCursors();
        var cursors = sinks.Distinct(StringComparer.Ordinal).Select(s => OpenCursor(s, ledger.LastSequence, ledger.Oldest)).ToArray();
        foreach (var cursor in cursors) _cursors.Add(cursor.Sink, cursor);
        foreach (var sink in _cursors.Keys) _left.Remove(sink);
        _lists = OpenReader();
        _writer = new OutboxWriter(file, ledger, options, node, cursors, Committed, time, log);
    }

    public OutboxOptions Options { get; }

    /// <summary>Sequence of the first event that this process appends.</summary>
    public long FirstSequence { get; }

    /// <summary>Of the newest event on disk; 0 before the first ever.</summary>
    public long LastSequence => _writer.LastSequence;

    public OutboxStatus Status => new(LastSequence, FirstSequence, _writer.OldestSequence, _writer.Writable, _writer.Failures, _writer.IsOver) { Holdings = _writer.Holdings };

    internal CommitSignal Committed { get; } = new();

    internal OutboxFile File => _file;

    /// <summary>Opens or begins <c>outbox.db</c> in <paramref name="directory"/>, whose last level is created when missing.</summary>
    /// <param name="directory">On a local disk.</param>
    /// <param name="options">How it commits.</param>
    /// <param name="node">Written into every event.</param>
    /// <param name="sinks">In force: events are held until all of these have them. Without any, events are held for the first to come.</param>
    /// <param name="time">Times group commits and retries.</param>
    /// <param name="log">For failing and recovering disks.</param>
    /// <exception cref="OutboxException">It cannot be used: locked, newer, not writable. A damaged file is put aside and a new one begun.</exception>
    public static Outbox Open(string directory, OutboxOptions options, NodeIdentity node, IEnumerable<string> sinks, TimeProvider time, ILogger log)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(sinks);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(log);
        var file = OutboxFile.Open(directory, time, log);
        try
        {
            var outbox = Begin(file, options, node, [.. sinks], time, log);
            outbox._writer.Start();
            return outbox;
        }
        catch (Exception e)
        {
            file.Dispose();
            if (e is SqliteException sqlite) throw OutboxTrouble.Opening(file.Path, sqlite);
            if (e is IOException or UnauthorizedAccessException) throw OutboxTrouble.Locking(directory, file.Path, e);
            throw;
        }
    }

    /// <inheritdoc cref="AppendAsync(IReadOnlyList{VisionEvent}, CancellationToken)"/>
    public ValueTask<long> AppendAsync(VisionEvent vision, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(vision);
        return WriteAsync(new WriteRequest([vision], null), stopping);
    }

    /// <summary>
    /// Appends all events in this order, or none, and returns once they are on disk, with the sequence of the last. A disk that is full or failing is waited
    /// for no longer than 2 s: then it returns 0, and the events are held in memory until the disk takes them. Cancelling before the writer has taken them appends nothing; after that it only ends the waiting, and they are appended.
    /// </summary>
    /// <exception cref="OutboxException">The outbox was closed before the disk took them.</exception>
    public async ValueTask<long> AppendAsync(IReadOnlyList<VisionEvent> events, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(events);
        return events.Count == 0 ? LastSequence : await WriteAsync(new WriteRequest([.. events], null), stopping).ConfigureAwait(false);
    }

    /// <summary>Names of the sinks in force.</summary>
    public IReadOnlyList<string> Sinks
    {
        get
        {
            lock (_gate) return [.. _cursors.Keys];
        }
    }

    /// <summary>Of a sink named on opening or added since; always the same one until it is removed.</summary>
    public OutboxCursor Cursor(string sink)
    {
        lock (_gate)
        {
            return _cursors.TryGetValue(sink, out var cursor)
                ? cursor
                : throw new ArgumentException($"Sink '{sink}' was not named when the outbox was opened, nor added since.", nameof(sink));
        }
    }

    /// <summary>
    /// From now on events are held until this sink has them, too. It goes on where it was; seen for the first time it begins with the oldest
    /// event that another sink does not have yet, and without others with the oldest held. Adding it twice is adding it once.
    /// </summary>
    public OutboxCursor AddSink(string sink)
    {
        ArgumentException.ThrowIfNullOrEmpty(sink);
        lock (_gate)
        {
            ThrowIfClosed();
            if (_cursors.TryGetValue(sink, out var known)) return known;
            var cursor = OpenCursor(sink, LastSequence, _writer.OldestSequence);
            _cursors.Add(sink, cursor);
            _left.Remove(sink);
            _writer.Add(cursor);
            return cursor;
        }
    }

    /// <summary>
    /// Nothing is held for this sink any more; false when there is none of the name. Its position is kept for as long as events beyond it are
    /// held, so that one that comes back gets those and nothing twice. End its delivery loop first: the cursor cannot be read any more.
    /// </summary>
    public bool RemoveSink(string sink)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            if (!_cursors.Remove(sink, out var cursor)) return false;
            _left[sink] = cursor.Now;
            _writer.Remove(cursor);
            _readers.Remove(cursor.Reader);
            cursor.Reader.Dispose();
            return true;
        }
    }

    /// <summary>
    /// Events on disk that <paramref name="sink"/> is yet to get, those of a replay included; evicted ones in between may be counted while others are there in their
    /// stead. 0 for one that has just been removed, which whoever counts may see a moment longer.
    /// </summary>
    public long Depth(string sink)
    {
        lock (_gate) return _cursors.TryGetValue(sink, out var cursor) ? Math.Clamp(cursor.Depth, 0, _writer.HeldEvents) : 0;
    }

    /// <summary>What sinks refused for good, oldest first.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters(int max) => _lists.DeadLetters(max);

    /// <summary>
    /// Commits what has been handed over, saves cursors and closes. When <paramref name="deadline"/> fires first, appends that still wait
    /// fail with <see cref="OutboxException"/>.
    /// </summary>
    public async Task CloseAsync(CancellationToken deadline)
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0) _writer.Close();
        Committed.Raise();
        var ended = await _writer.EndAsync(deadline).ConfigureAwait(false);
        lock (_gate)
        {
            foreach (var reader in _readers) reader.Dispose();
        }

        // A thread that hangs in the kernel over a dead disk keeps the file; it is a background thread and dies with the process.
        if (ended) _file.Dispose();
    }

    /// <summary><see cref="CloseAsync"/> within 5 s; nothing when it has been called.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Volatile.Read(ref _closed) != 0) return;
        using var deadline = new CancellationTokenSource(DisposeTimeout, _time);
        await CloseAsync(deadline.Token).ConfigureAwait(false);
    }

    /// <summary>Everything there was to do is done.</summary>
    internal bool IsIdle => _writer.IsIdle;

    /// <summary>As a reader does that meets damage.</summary>
    internal void ReportDamage() => _writer.Suspect(_file.Generation);

    internal void CursorMoved() => _writer.CursorMoved();

    internal async ValueTask RejectAsync(OutboxCursor cursor, OutboxEntry entry, string reason, CancellationToken stopping) =>
        await WriteAsync(new WriteRequest([], new DeadLetter(cursor.Sink, entry, reason, _time.GetUtcNow())), stopping).ConfigureAwait(false);

    internal void ThrowIfClosed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed) != 0, this);

    private async ValueTask<long> WriteAsync(WriteRequest request, CancellationToken stopping)
    {
        ThrowIfClosed();
        if (!await _writer.HandOverAsync(request, stopping).ConfigureAwait(false)) ThrowIfClosed();
        return await request.Done.WaitAsync(stopping).ConfigureAwait(false);
    }

    /// <summary>Damage that only loading shows.</summary>
    private static Outbox Begin(OutboxFile file, OutboxOptions options, NodeIdentity node, string[] sinks, TimeProvider time, ILogger log)
    {
        try
        {
            return new Outbox(file, options, node, sinks, time, log);
        }
        catch (Exception e) when (OutboxFile.IsDamage(e) && file.Replaced is null)
        {
            file.Replace(null);
            return new Outbox(file, options, node, sinks, time, log);
        }
    }

    private OutboxCursor OpenCursor(string sink, long last, long oldest)
    {
        SavedCursor? saved = _left.TryGetValue(sink, out var left) ? left : null;
        var others = _cursors.Count > 0 ? _cursors.Values.Select(c => c.Position) : _left.Values.Select(l => l.Position);
        var position = saved?.Position ?? others.DefaultIfEmpty(0).Min();
        // A position beyond the end is a file somebody has edited.
        return new OutboxCursor(this, OpenReader(), sink, Math.Min(position, last), saved, oldest, last);
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "Kept in _readers, closed with the outbox.")]
    private OutboxReader OpenReader()
    {
        var reader = new OutboxReader(_file, generation => _writer?.Suspect(generation));
        _readers.Add(reader);
        return reader;
    }
}
