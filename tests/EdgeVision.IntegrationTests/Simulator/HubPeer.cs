using System.Buffers;
using System.Text;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeVision.IntegrationTests.Simulator;

/// <summary>MQTTnet's client as a module: it knows topics and nothing else of a hub.</summary>
internal sealed class HubPeer : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Channel<(string Topic, string Body)> _received = Channel.CreateUnbounded<(string, string)>();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _repeated;

    private HubPeer()
    {
        _client.ApplicationMessageReceivedAsync += message =>
        {
            message.AutoAcknowledge = Acknowledges;
            if (message.ApplicationMessage.Dup) Interlocked.Increment(ref _repeated);
            _received.Writer.TryWrite((message.ApplicationMessage.Topic, Encoding.UTF8.GetString(message.ApplicationMessage.Payload)));
            return Task.CompletedTask;
        };
        _client.DisconnectedAsync += _ =>
        {
            _ended.TrySetResult();
            return Task.CompletedTask;
        };
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public MqttClientConnectResultCode Code { get; private set; }

    public bool IsSessionPresent { get; private set; }

    /// <summary>Fires as the connection ends, by whomever.</summary>
    public Task Ended => _ended.Task.WaitAsync(Simulated.Patience, Stop);

    /// <summary>False leaves messages of QoS 1 without PUBACK.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>Messages that came with DUP.</summary>
    public int Repeated => Volatile.Read(ref _repeated);

    public bool IsConnected => _client.IsConnected;

    public static async Task<HubPeer> OpenAsync(
        Simulated hub, string? password, string clientId = Simulated.ClientId, string userName = Simulated.UserName, bool clean = true, MqttProtocolVersion version = MqttProtocolVersion.V311, string? willTopic = null)
    {
        var peer = new HubPeer();
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer("localhost", hub.Simulator.Port)
            .WithProtocolVersion(version)
            .WithClientId(clientId)
            .WithCleanSession(clean)
            .WithTimeout(Simulated.Patience)
            .WithCredentials(userName, password)
            .WithTlsOptions(tls => tls.UseTls().WithTrustChain(hub.Authorities()));
        if (willTopic is not null) options = options.WithWillTopic(willTopic).WithWillPayload("gone").WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        var result = await peer._client.ConnectAsync(options.Build(), Stop);
        (peer.Code, peer.IsSessionPresent) = (result.ResultCode, result.IsSessionPresent);
        return peer;
    }

    public async Task<MqttClientSubscribeResultCode[]> SubscribeAsync(params (string Filter, int Quality)[] filters)
    {
        var options = new MqttClientSubscribeOptionsBuilder();
        foreach (var (filter, quality) in filters) options.WithTopicFilter(filter, (MqttQualityOfServiceLevel)quality);
        return [.. (await _client.SubscribeAsync(options.Build(), Stop)).Items.Select(i => i.ResultCode)];
    }

    public Task SubscribeAsync(string filter) => SubscribeAsync((filter, 0));

    public Task UnsubscribeAsync(string filter) => _client.UnsubscribeAsync(filter, Stop);

    public async Task PublishAsync(string topic, ReadOnlyMemory<byte> body, int quality = 1, bool retain = false) =>
        await _client.PublishAsync(new MqttApplicationMessage { Topic = topic, Payload = new ReadOnlySequence<byte>(body), QualityOfServiceLevel = (MqttQualityOfServiceLevel)quality, Retain = retain }, Stop).WaitAsync(Simulated.Patience, Stop);

    public Task PublishAsync(string topic, string body = "", int quality = 1) => PublishAsync(topic, Encoding.UTF8.GetBytes(body), quality);

    public async Task<(string Topic, string Body)> NextAsync() => await _received.Reader.ReadAsync(Stop).AsTask().WaitAsync(Simulated.Patience, Stop);

    /// <summary>Everything sent before this has arrived when the answer to a twin GET has: what was not received by then will not come.</summary>
    public async Task<List<(string Topic, string Body)>> ReceivedUntilNowAsync()
    {
        var rid = Guid.NewGuid().ToString();
        await SubscribeAsync("$iothub/twin/res/#");
        await PublishAsync($"$iothub/twin/GET/?$rid={rid}");
        var before = new List<(string, string)>();
        while (await NextAsync() is var next && !next.Topic.Contains(rid, StringComparison.Ordinal)) before.Add(next);
        return before;
    }

    /// <summary>Ends the connection without DISCONNECT.</summary>
    public void Abort() => _client.Dispose();

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
