using System.Buffers;
using System.Collections.Concurrent;
using EdgeVision.Commands;
using EdgeVision.Delivery;
using EdgeVision.Events;
using Microsoft.Extensions.Logging;
using MQTTnet;

namespace EdgeVision.Mqtt;

/// <summary>
/// The connection for all that is no event, always kept up: <c>{prefix}/status</c> says <c>online</c> or, by last will, <c>offline</c>; what shall be retained
/// is; and commands are taken. Events have a connection of their own, so that neither waits for the other.
/// </summary>
public sealed partial class MqttDesk
{
    /// <summary>What has changed is told so often at most.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The same reason for no connection is told again after so long.</summary>
    private static readonly TimeSpan ReportAgain = TimeSpan.FromMinutes(10);

    private readonly MqttSession _session;
    private readonly Func<EventTopics, RetainedBoard> _board;
    private readonly CommandDesk? _commands;
    private readonly CredentialFiles _files;
    private readonly RetrySchedule _retry;
    private string? _told;
    private long _toldAt;

    /// <param name="options">With a host.</param>
    /// <param name="node">Gives topics and client id their names.</param>
    /// <param name="board">Asked once a second.</param>
    /// <param name="commands">Runs what comes on <c>{prefix}/cmd/…</c>; null to hear none.</param>
    /// <param name="time">Measures waits.</param>
    /// <param name="log">Hears of connections found and lost.</param>
    /// <param name="retry">Between attempts to connect; 1 s to 30 s by default.</param>
    public MqttDesk(MqttOptions options, NodeIdentity node, Func<EventTopics, RetainedBoard> board, CommandDesk? commands, TimeProvider time, ILogger log, RetrySchedule? retry = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(board);
        if (options.Host is null) throw new ArgumentException("The desk needs a host; for the embedded broker see MqttOptions.AtLoopback.", nameof(options));
        _session = new MqttSession(options, MqttSink.ClientIdOf(options, node) + "-desk", new EventTopics(options.TopicPrefix, node.DeviceId), time, log);
        (_board, _commands, _files) = (board, commands, new CredentialFiles(options, time));
        _retry = retry ?? new RetrySchedule(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), Random.Shared);
    }

    public EventTopics Topics => _session.Topics;

    /// <summary>Until <paramref name="stopping"/>; then it says <c>offline</c>, in 2 s at most.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            var (connection, reason) = await MqttConnection.OpenAsync(_session, stopping).ConfigureAwait(false);
            if (connection is null)
            {
                Report(reason!);
                await Task.Delay(_retry.Next(), _session.Time, stopping).ConfigureAwait(false);
                continue;
            }

            _told = null;
            await using (connection.ConfigureAwait(false))
            {
                await ServeAsync(connection, stopping).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Until the connection is over, or another one has to follow.</summary>
    private async Task ServeAsync(MqttConnection connection, CancellationToken stopping)
    {
        var began = _session.Time.GetTimestamp();
        var found = new ConcurrentQueue<string>();
        var standing = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        if (_commands is not null) await HearAsync(connection, Topics.Commands, found, stopping).ConfigureAwait(false);
        foreach (var filter in _board(Topics).Filters) await HearAsync(connection, filter, found, stopping).ConfigureAwait(false);
        while (connection.IsAlive)
        {
            if (_files.HaveChanged())
            {
                await connection.LeaveAsync().ConfigureAwait(false);
                return;
            }

            await UpdateAsync(connection, standing, found, stopping).ConfigureAwait(false);
            try
            {
                await connection.Ended.WaitAsync(Interval, _session.Time, stopping).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // It goes on.
            }

            if (_session.Time.GetElapsedTime(began) >= TimeSpan.FromMinutes(1)) _retry.Reset();
        }

        Report(await connection.DescribeLossAsync(failure: null).ConfigureAwait(false));
        connection.Abort();
        await Task.Delay(_retry.Next(), _session.Time, stopping).ConfigureAwait(false);
    }

    private async Task HearAsync(MqttConnection connection, string filter, ConcurrentQueue<string> found, CancellationToken stopping)
    {
        if (await connection.HearAsync(filter, message => Hear(connection, message, found), stopping).ConfigureAwait(false) is { } refused) NotHeard(_session.Log, filter, refused);
    }

    /// <summary>Makes what stands at the broker what shall stand there.</summary>
    private async Task UpdateAsync(MqttConnection connection, Dictionary<string, ReadOnlyMemory<byte>> standing, ConcurrentQueue<string> found, CancellationToken stopping)
    {
        var wanted = _board(Topics).Messages;
        // Left behind by a node that knew more cameras than this one; not what has just been said ourselves.
        while (found.TryDequeue(out var topic)) standing.TryAdd(topic, default);
        foreach (var topic in standing.Keys.Where(t => !wanted.ContainsKey(t)).ToList())
        {
            if (await SayAsync(connection, topic, default, stopping).ConfigureAwait(false)) standing.Remove(topic);
        }

        foreach (var (topic, payload) in wanted)
        {
            if (standing.TryGetValue(topic, out var stands) && stands.Span.SequenceEqual(payload.Span)) continue;
            if (await SayAsync(connection, topic, payload, stopping).ConfigureAwait(false)) standing[topic] = payload;
        }
    }

    private async ValueTask<bool> SayAsync(MqttConnection connection, string topic, ReadOnlyMemory<byte> payload, CancellationToken stopping)
    {
        var refused = await connection.SayAsync(new MqttApplicationMessage { Topic = topic, Payload = new(payload), Retain = true }, stopping).ConfigureAwait(false);
        if (refused is not null && connection.IsAlive) Report(refused);
        // What the broker refuses stays refused: it is not tried each second.
        return refused is null || connection.IsAlive;
    }

    private Task Hear(MqttConnection connection, MqttApplicationMessage message, ConcurrentQueue<string> found)
    {
        if (Topics.CommandOf(message.Topic) is { } name && _commands is not null) Take(connection, name, message);
        else if (message.Retain && message.Payload.Length > 0) found.Enqueue(message.Topic);
        return Task.CompletedTask;
    }

    private void Take(MqttConnection connection, string name, MqttApplicationMessage message)
    {
        // A retained one would run again at each connect.
        if (message.Retain)
        {
            RetainedCommand(_session.Log, CommandDesk.Shown(name));
            return;
        }

        if (message.ResponseTopic is { Length: > 0 } asked && Topics.CheckResponse(asked) is { } wrong)
        {
            BadResponseTopic(_session.Log, CommandDesk.Shown(name), CommandDesk.Shown(asked), wrong);
            return;
        }

        var call = new MqttCall(name, string.IsNullOrEmpty(message.ResponseTopic) ? Topics.ResultOf(name) : message.ResponseTopic, message.CorrelationData);
        if (call.Correlation?.Length > MqttCall.MaxCorrelation) BadCorrelation(_session.Log, CommandDesk.Shown(name), call.Correlation.Length, MqttCall.MaxCorrelation);
        else _commands!.Take(call.Request, name, message.Payload.ToArray(), answer => AnswerAsync(connection, call, answer));
    }

    private async Task AnswerAsync(MqttConnection connection, MqttCall call, CommandAnswer answer)
    {
        var refused = await connection.SayAsync(call.Message(answer), CancellationToken.None).ConfigureAwait(false);
        if (refused is not null) AnswerNotSent(_session.Log, CommandDesk.Shown(call.Command), refused);
    }

    private void Report(string reason)
    {
        if (reason == _told && _session.Time.GetElapsedTime(_toldAt) < ReportAgain) return;
        (_told, _toldAt) = (reason, _session.Time.GetTimestamp());
        Away(_session.Log, reason);
    }

    [LoggerMessage(EventIds.MqttDeskAway, LogLevel.Warning, "Status, states and commands: {Reason}")]
    private static partial void Away(ILogger log, string reason);

    [LoggerMessage(EventIds.MqttDeskNotHeard, LogLevel.Warning, "Nothing is heard on '{Filter}': {Reason}")]
    private static partial void NotHeard(ILogger log, string filter, string reason);

    [LoggerMessage(EventIds.MqttCommandRetained, LogLevel.Warning, "The command {Command} was retained at the broker, and is not run: it would run at every connect. Publish it without the retain flag.")]
    private static partial void RetainedCommand(ILogger log, string command);

    [LoggerMessage(EventIds.MqttResponseTopicBad, LogLevel.Warning, "The command {Command} is not run: its response topic '{Topic}' {Wrong}; name one of your own, or none.")]
    private static partial void BadResponseTopic(ILogger log, string command, string topic, string wrong);

    [LoggerMessage(EventIds.MqttCorrelationBad, LogLevel.Warning, "The command {Command} is not run: its correlation data has {Bytes} bytes; at most {Max} are taken.")]
    private static partial void BadCorrelation(ILogger log, string command, int bytes, int max);

    [LoggerMessage(EventIds.MqttAnswerNotSent, LogLevel.Warning, "The answer of {Command} could not be sent: {Reason}")]
    private static partial void AnswerNotSent(ILogger log, string command, string reason);
}
