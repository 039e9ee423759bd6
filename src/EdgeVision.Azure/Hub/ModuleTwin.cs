using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using EdgeVision.Configuration;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Azure.Hub;

/// <summary>
/// This module's twin, across links. Desired properties: asked for whenever a link opens, kept up by patches, asked for again when a version is
/// missing; only the newest waits to be taken. Reported properties: differences only, one report at a time, some seconds apart.
/// </summary>
/// <remarks>Neither IoT Hub nor edgeHub keeps patches for a module that is away: the question at the begin of each link is what makes it never deaf.</remarks>
public sealed partial class ModuleTwin
{
    /// <summary>IoT Hub keeps 32 KB of each side; with metadata an answer has several times that.</summary>
    private const int MaxBytes = 256 << 10;

    /// <summary>A question that so often got no answer says that the link hears nothing.</summary>
    private const int Attempts = 3;

    /// <summary>Twin updates are metered and throttled for the whole hub.</summary>
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(2), AfterRefusal = TimeSpan.FromSeconds(30);

    private readonly HubOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<bool> _arrived = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<long, TaskCompletionSource<(int Status, byte[] Body)>> _questions = [];
    private JsonObject _desired = [];
    private JsonObject _reported = [];
    private JsonObject? _wanted;
    private long? _version;
    private long? _taken;
    private bool _mustAsk;

    /// <summary>While a question is under way: version of the newest patch that came meanwhile, 0 before. The answer may be older, and must not undo it.</summary>
    private long? _overtaking;
    private long _lastRequest;
    private JsonObject? _refused;

    /// <param name="options">Timeout of a question.</param>
    /// <param name="time">Measures it, and the pauses between reports.</param>
    /// <param name="log">Told of twins that cannot be read.</param>
    public ModuleTwin(HubOptions options, TimeProvider time, ILogger log) => (_options, _time, _log) = (options, time, log);

    /// <summary>The newest desired properties that have not been taken yet; waits for them.</summary>
    public async ValueTask<DesiredProperties> NextAsync(CancellationToken stopping)
    {
        while (true)
        {
            await _arrived.Reader.ReadAsync(stopping).ConfigureAwait(false);
            lock (_gate)
            {
                if (_version is not { } version || version == _taken) continue;
                _taken = version;
                return new DesiredProperties((JsonObject)_desired.DeepClone(), version);
            }
        }
    }

    /// <summary>What the twin's reported properties shall be, whole; the difference goes out when the link and the rate allow.</summary>
    public void Report(JsonObject properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        lock (_gate) _wanted = (JsonObject)properties.DeepClone();
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Does the asking and reporting of one link.</summary>
    /// <param name="publish">Sends a request; null when it left.</param>
    /// <param name="ready">Called once the desired properties are here.</param>
    /// <param name="end">Ends the link with a reason: the twin gets no answers.</param>
    /// <param name="alive">While the link lives.</param>
    internal async Task ServeAsync(Func<string, ReadOnlyMemory<byte>, Task<string?>> publish, Action ready, Action<string> end, CancellationToken alive)
    {
        lock (_gate)
        {
            _mustAsk = true;
            _refused = null;
        }

        var asked = 0;
        while (true)
        {
            alive.ThrowIfCancellationRequested();
            if (MustAsk())
            {
                var answered = await GetAsync(publish, alive).ConfigureAwait(false);
                asked = answered is null ? asked + 1 : 0;
                if (answered == true) ready();
                if (asked == Attempts)
                {
                    end($"The hub answered none of {Attempts} questions for the twin within {_options.Timeout.TotalSeconds:0} s each; the link is opened again.");
                    return;
                }

                continue;
            }

            var pause = await ReportAsync(publish, alive).ConfigureAwait(false);
            if (pause > TimeSpan.Zero) await Task.Delay(pause, _time, alive).ConfigureAwait(false);
            else await _wake.Reader.ReadAsync(alive).ConfigureAwait(false);
        }
    }

    internal void Answer(HubArrival.TwinAnswer answer, byte[] body)
    {
        lock (_gate)
        {
            // Of an earlier link, or too late: nobody asks any more.
            if (_questions.Remove(answer.Request, out var question)) question.TrySetResult((answer.Status, body));
        }
    }

    /// <summary>Desired properties changed; in the order of the link.</summary>
    internal void Patch(HubArrival.DesiredPatch patch, byte[] body)
    {
        var read = Read(body, "the change of the desired properties");
        lock (_gate)
        {
            if (_overtaking is { } newest)
            {
                _overtaking = Math.Max(newest, patch.Version ?? (read is null ? null : VersionOf(read)) ?? long.MaxValue);
                return;
            }

            if (_version is not { } have || read is null || (patch.Version ?? VersionOf(read)) is not { } version || version > have + 1)
            {
                _mustAsk = true;
                _wake.Writer.TryWrite(true);
                return;
            }

            if (version <= have) return;
            MergePatch.Apply(_desired, WithoutSystem(read));
            _version = version;
        }

        _arrived.Writer.TryWrite(true);
    }

    private bool MustAsk()
    {
        lock (_gate) return _mustAsk;
    }

    /// <summary>False for an answer that is of no use, null for none at all.</summary>
    private async Task<bool?> GetAsync(Func<string, ReadOnlyMemory<byte>, Task<string?>> publish, CancellationToken alive)
    {
        lock (_gate) (_mustAsk, _overtaking) = (false, 0);
        var answer = await AskAsync(HubTopics.TwinGet, ReadOnlyMemory<byte>.Empty, publish, alive).ConfigureAwait(false);
        if (answer is { Status: 200 } && Read(answer.Value.Body, "the twin") is { } twin && twin["desired"] is JsonObject desired)
        {
            Take(desired, twin["reported"] as JsonObject ?? []);
            return true;
        }

        lock (_gate) (_mustAsk, _overtaking) = (true, null);
        if (answer is not { } refused) return null;
        NotRead(_log, refused.Status);
        await Task.Delay(AfterRefusal, _time, alive).ConfigureAwait(false);
        return false;
    }

    private void Take(JsonObject desired, JsonObject reported)
    {
        lock (_gate)
        {
            _reported = WithoutSystem(reported);
            var version = VersionOf(desired) ?? 0;
            (_mustAsk, _overtaking) = (_overtaking > version, null);
            // A version that went back is another twin: the module was deleted and made again.
            if (version == _version) return;
            _desired = WithoutSystem(desired);
            (_version, _taken) = (version, null);
        }

        _arrived.Writer.TryWrite(true);
    }

    /// <summary>How long to wait before looking again; zero until somebody reports.</summary>
    private async Task<TimeSpan> ReportAsync(Func<string, ReadOnlyMemory<byte>, Task<string?>> publish, CancellationToken alive)
    {
        JsonObject patch, wanted;
        lock (_gate)
        {
            if (_wanted is null) return TimeSpan.Zero;
            wanted = _wanted;
            patch = MergePatch.Difference(_reported, wanted);
            // What the hub called wrong stays wrong until something else is to be said.
            if (patch.Count == 0 || (_refused is not null && JsonNode.DeepEquals(_refused, wanted))) return TimeSpan.Zero;
        }

        var answer = await AskAsync(HubTopics.TwinReport, Encoding.UTF8.GetBytes(patch.ToJsonString()), publish, alive).ConfigureAwait(false);
        if (answer is not { } got) return BetweenReports;
        if (got.Status is >= 200 and < 300)
        {
            lock (_gate) MergePatch.Apply(_reported, patch);
            return BetweenReports;
        }

        NotTaken(_log, got.Status);
        if (got.Status is >= 400 and < 429)
        {
            lock (_gate) _refused = wanted;
        }

        return AfterRefusal;
    }

    /// <summary>Null without an answer in time.</summary>
    private async Task<(int Status, byte[] Body)?> AskAsync(Func<long, string> topic, ReadOnlyMemory<byte> body, Func<string, ReadOnlyMemory<byte>, Task<string?>> publish, CancellationToken alive)
    {
        var question = new TaskCompletionSource<(int, byte[])>(TaskCreationOptions.RunContinuationsAsynchronously);
        long request;
        lock (_gate) _questions.Add(request = ++_lastRequest, question);
        try
        {
            if (await publish(topic(request), body).ConfigureAwait(false) is not null) return null;
            return await question.Task.WaitAsync(_options.Timeout, _time, alive).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            lock (_gate) _questions.Remove(request);
        }
    }

    private JsonObject? Read(byte[] body, string name)
    {
        var read = JsonText.Parse(body, name, MaxBytes, "a JSON object", out var error);
        if (error is not null) Garbled(_log, error);
        return read;
    }

    private static long? VersionOf(JsonObject section) => section["$version"] is JsonValue value && value.TryGetValue<long>(out var version) ? version : null;

    private static JsonObject WithoutSystem(JsonObject section)
    {
        var plain = (JsonObject)section.DeepClone();
        foreach (var name in plain.Select(p => p.Key).Where(k => k.StartsWith('$')).ToList()) plain.Remove(name);
        return plain;
    }

    [LoggerMessage(EventIds.TwinNotRead, LogLevel.Warning, "The hub answered the question for the twin with status {Status}; it is asked again.")]
    private static partial void NotRead(ILogger log, int status);

    [LoggerMessage(EventIds.TwinNotTaken, LogLevel.Warning, "The hub answered a report of properties with status {Status}; a later one is tried.")]
    private static partial void NotTaken(ILogger log, int status);

    [LoggerMessage(EventIds.TwinGarbled, LogLevel.Warning, "What the hub sent as twin is left out: {Error}")]
    private static partial void Garbled(ILogger log, string error);
}
