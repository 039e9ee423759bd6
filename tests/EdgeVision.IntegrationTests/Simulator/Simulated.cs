using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.IntegrationTests.Mqtt;
using EdgeVision.Simulator;

namespace EdgeVision.IntegrationTests.Simulator;

/// <summary>A simulator in this process, with a folder and ports of its own, and what a peer needs to talk to it. Tokens are made here, independently.</summary>
internal sealed class Simulated : IAsyncDisposable
{
    public const string Hub = "edgevision-simulator.azure-devices.net";
    public const string Device = "dev1";
    public const string Module = "vision";
    public const string ClientId = Device + "/" + Module;
    public const string UserName = Hub + "/" + ClientId + "/?api-version=2021-04-12";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder;
    private readonly TimeProvider _time;

    private Simulated(TempFolder folder, EdgeSimulator simulator, CollectingLog log, TimeProvider time)
    {
        (_folder, Simulator, Log, _time) = (folder, simulator, log, time);
        Control = new HttpClient { BaseAddress = simulator.ControlAddress };
    }

    public EdgeSimulator Simulator { get; }

    public CollectingLog Log { get; }

    public HttpClient Control { get; }

    public string Events => $"devices/{Device}/modules/{Module}/messages/events/";

    public string Inputs => $"devices/{Device}/modules/{Module}/inputs/";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<Simulated> StartAsync(Fault faults = Fault.None, Route[]? routes = null, TimeProvider? time = null, string[]? modules = null)
    {
        var folder = new TempFolder();
        var log = new CollectingLog();
        var options = new SimulatorOptions
        {
            Directory = folder.Path,
            Port = 0,
            Control = new Uri("http://127.0.0.1:0"),
            Device = Device,
            Modules = modules ?? [Module, "other"],
            Faults = faults,
            Routes = routes ?? [],
        };
        time ??= TimeProvider.System;
        return new Simulated(folder, await EdgeSimulator.StartAsync(options, time, log), log, time);
    }

    public async ValueTask DisposeAsync()
    {
        Control.Dispose();
        await Simulator.DisposeAsync();
        _folder.Dispose();
    }

    public Task<string> KeyAsync(string module = Module) => Control.GetStringAsync($"key/{Device}/{module}", Stop);

    public async Task<string> TokenAsync(TimeSpan? lifetime = null, string module = Module, string? key = null, string hub = Hub)
    {
        var audience = Uri.EscapeDataString($"{hub}/devices/{Device}/modules/{module}");
        var expiry = (_time.GetUtcNow() + (lifetime ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds();
        var signature = HMACSHA256.HashData(Convert.FromBase64String(key ?? await KeyAsync(module)), Encoding.UTF8.GetBytes($"{audience}\n{expiry}"));
        return $"SharedAccessSignature sr={audience}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se={expiry}";
    }

    public X509Certificate2Collection Authorities()
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(Simulator.CaPath);
        return authorities;
    }

    /// <summary>A module with everything in order.</summary>
    public async Task<HubPeer> ConnectAsync(string module = Module, bool clean = true)
    {
        var peer = await HubPeer.OpenAsync(this, await TokenAsync(module: module), $"{Device}/{module}", $"{Hub}/{Device}/{module}/?api-version=2021-04-12", clean);
        Assert.Equal(MQTTnet.MqttClientConnectResultCode.Success, peer.Code);
        return peer;
    }

    public async Task<JsonArray> MessagesAsync() => (await Control.GetFromJsonAsync<JsonArray>("messages", Stop))!;

    /// <summary>Waits until that many messages are in the log, then reads them from the control API.</summary>
    public async Task<JsonArray> MessagesAsync(int count)
    {
        await Simulator.Hub.Telemetry.WaitAsync(all => all.Count >= count, Stop).WaitAsync(Patience, Stop);
        return await MessagesAsync();
    }

    public async Task<JsonNode> TwinAsync() => (await Control.GetFromJsonAsync<JsonNode>($"twin/{ClientId}", Stop))!;

    public async Task<(int Status, JsonNode? Body)> PostAsync(string path, string body = "")
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await Control.PostAsync(path, content, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        return ((int)answer.StatusCode, text.Length > 0 ? JsonNode.Parse(text) : null);
    }

    public bool HasLogged(string part) => Log.Lines.Any(l => l.Contains(part, StringComparison.Ordinal));
}
