using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeVision.Azure.Identity;
using EdgeVision.IntegrationTests.Mqtt;
using EdgeVision.IntegrationTests.Simulator;
using EdgeVision.Simulator;

namespace EdgeVision.IntegrationTests.Azure;

public sealed class WorkloadApiTests : IDisposable
{
    private static readonly byte[] Key = Encoding.UTF8.GetBytes("kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-workload-");

    private string SocketPath => Path.Combine(_folder.FullName, "w.sock");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_signs_with_answers_of_both_kinds(bool isChunked)
    {
        await using var runtime = new WorkloadDouble(SocketPath, Answer, isChunked);
        using var api = Api();

        Assert.Equal((Convert.ToBase64String(HMACSHA256.HashData(Key, "data é"u8)), null), await api.SignAsync("data é", Stop));
        Assert.Equal("POST /modules/vi%20sion/genid/g1/sign?api-version=2018-06-28 HTTP/1.1", Assert.Single(runtime.Requests));

        static (int, string) Answer(string request, string body)
        {
            using var json = JsonDocument.Parse(body);
            Assert.Equal(("primary", "HMACSHA256"), (json.RootElement.GetProperty("keyId").GetString(), json.RootElement.GetProperty("algo").GetString()));
            return (200, $$"""{"digest":"{{Convert.ToBase64String(HMACSHA256.HashData(Key, json.RootElement.GetProperty("data").GetBytesFromBase64()))}}"}""");
        }
    }

    [Fact]
    public async Task The_trust_bundle_is_read_into_memory()
    {
        Mosquitto.Require("openssl", "openssl");
        var authority = await File.ReadAllTextAsync(new Certificates(_folder.FullName).Authority, Stop);
        await using var runtime = new WorkloadDouble(SocketPath, (_, _) => (200, JsonSerializer.Serialize(new { certificate = authority + authority })), isChunked: false);
        using var api = Api();

        var (authorities, error) = await api.TrustBundleAsync(Stop);

        Assert.Null(error);
        Assert.Equal(2, authorities!.Count);
        Assert.All(authorities, a => Assert.False(a.HasPrivateKey));
    }

    [Fact]
    public async Task What_is_encrypted_is_decrypted()
    {
        await using var runtime = new WorkloadDouble(SocketPath, Answer, isChunked: false);
        using var api = Api();

        var (ciphertext, _) = await api.EncryptAsync("camera password"u8.ToArray(), new byte[] { 1, 2 }, Stop);
        var (plaintext, error) = await api.DecryptAsync(ciphertext, new byte[] { 1, 2 }, Stop);

        Assert.Null(error);
        Assert.NotEqual(plaintext, ciphertext);
        Assert.Equal("camera password"u8.ToArray(), plaintext);

        // Not a cipher, but it takes both texts in and needs the same vector again.
        static (int, string) Answer(string request, string body)
        {
            using var json = JsonDocument.Parse(body);
            var vector = json.RootElement.GetProperty("initializationVector").GetBytesFromBase64();
            var (from, to) = request.Contains("/encrypt?", StringComparison.Ordinal) ? ("plaintext", "ciphertext") : ("ciphertext", "plaintext");
            var bytes = json.RootElement.GetProperty(from).GetBytesFromBase64().Select((b, i) => (byte)(b ^ 0x55 ^ vector[i % vector.Length])).ToArray();
            return (200, $$"""{"{{to}}":"{{Convert.ToBase64String(bytes)}}"}""");
        }
    }

    [Fact]
    public async Task A_call_that_was_dropped_is_made_again()
    {
        var calls = 0;
        await using var runtime = new WorkloadDouble(SocketPath, (_, _) => ++calls < 3 ? (0, "") : (200, """{"digest":"eA=="}"""), isChunked: false);
        using var api = Api();

        Assert.Equal(("eA==", null), await api.SignAsync("data", Stop));
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task Many_calls_at_once_survive_a_runtime_that_drops_every_eleventh_connection()
    {
        await using var hub = await Simulated.StartAsync(Fault.DropEleventh);
        var logins = Enumerable.Range(0, 12).Select(_ => EdgeEnvironment.Read(hub.Simulator.Environment.ToDictionary(v => v.Name, v => v.Value), TimeProvider.System, out var _)!).ToList();

        // Processes of one module, with up to 4 connections each: far more than ten at a time, and none may shut out the others.
        var answers = await Task.WhenAll(logins.SelectMany(l => Enumerable.Range(0, 20).Select(async n => (n, Answer: await l.Workload!.SignAsync($"data {n}", Stop)))));

        Assert.Equal("", string.Join('\n', answers.Select(a => a.Answer.Error).OfType<string>().Distinct()));
        Assert.All(answers.GroupBy(a => a.n), same => Assert.Single(same.Select(a => a.Answer.Digest).Distinct()));
        Assert.Equal(20, answers.Select(a => a.Answer.Digest).Distinct().Count());
        Assert.True(hub.HasLogged("was closed without an answer"), string.Join('\n', hub.Log.Lines));
        foreach (var login in logins) login.Dispose();
    }

    [Theory]
    [InlineData(403, """{"message":"pid does not match."}""", "refuses sign to this process (pid does not match)")]
    [InlineData(404, "", "does not know this module")]
    [InlineData(200, """{"other":"x"}""", "answered sign without \"digest\"")]
    [InlineData(200, "no json", "answered sign without \"digest\"")]
    [InlineData(200, "[]", "answered sign without \"digest\"")]
    public async Task An_answer_of_no_use_is_one_sentence_at_once(int status, string body, string expected)
    {
        await using var runtime = new WorkloadDouble(SocketPath, (_, _) => (status, body), isChunked: false);
        using var api = Api();

        var (digest, error) = await api.SignAsync("data", Stop);

        Assert.Null(digest);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(runtime.Requests);
    }

    [Fact]
    public async Task A_runtime_that_is_not_there_is_one_sentence()
    {
        using var api = Api();

        Assert.Contains($"Nobody answers at {SocketPath}", (await api.SignAsync("data", Stop)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_of_the_runtime_is_taken_whole_or_told_what_is_missing()
    {
        var variables = new Dictionary<string, string>
        {
            ["IOTEDGE_WORKLOADURI"] = "unix:///var/run/iotedge/workload.sock",
            ["IOTEDGE_IOTHUBHOSTNAME"] = "plant.azure-devices.net",
            ["IOTEDGE_DEVICEID"] = "dev1",
            ["IOTEDGE_MODULEID"] = "vision",
            ["IOTEDGE_MODULEGENERATIONID"] = "g1",
            ["IOTEDGE_GATEWAYHOSTNAME"] = "edge-7",
            ["IOTEDGE_AUTHSCHEME"] = "SasToken",
        };
        using (var login = EdgeEnvironment.Read(variables, TimeProvider.System, out var error))
        {
            Assert.Null(error);
            Assert.Equal(new HubIdentity("plant.azure-devices.net", "dev1", "vision", "edge-7"), login!.Identity);
            Assert.Same(login.Workload, login.Signer);
        }

        AssertRefused("IOTEDGE_WORKLOADURI", "ftp://x", "expected unix:///path or http://host:port");
        AssertRefused("IOTEDGE_AUTHSCHEME", "x509", "only sasToken is known");
        AssertRefused("IOTEDGE_DEVICEID", "", "IOTEDGE_DEVICEID is not");
        AssertRefused("EdgeHubConnectionString", "HostName=h", "EdgeHubConnectionString has no DeviceId");
        Assert.Null(EdgeEnvironment.Read(new Dictionary<string, string>(), TimeProvider.System, out var none));
        Assert.Null(none);

        void AssertRefused(string name, string value, string expected)
        {
            Assert.Null(EdgeEnvironment.Read(new Dictionary<string, string>(variables) { [name] = value }, TimeProvider.System, out var error));
            Assert.Contains(expected, error, StringComparison.Ordinal);
        }
    }

    private WorkloadApi Api() => new(new Uri($"unix://{SocketPath}"), "vi sion", "g1", TimeProvider.System);
}
