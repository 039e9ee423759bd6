using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.Simulator;

namespace EdgeVision.IntegrationTests.Simulator;

/// <summary>The workload API, called over its socket by HttpClient and by bare bytes.</summary>
public sealed class WorkloadTests
{
    private const string Version = "?api-version=2018-06-28";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sign_is_the_HMAC_of_the_modules_key()
    {
        await using var hub = await Simulated.StartAsync();
        using var socket = Client(hub);
        var data = "hub%2Fdevices%2Fdev1\n1700000000"u8.ToArray();

        var (status, answer) = await PostAsync(socket, Path(hub, "sign"), new() { ["keyId"] = "primary", ["algo"] = "HMACSHA256", ["data"] = Convert.ToBase64String(data) });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(await hub.KeyAsync()), data)), (string?)answer["digest"]);
    }

    [Fact]
    public async Task Encrypt_and_decrypt_are_each_others_inverse_and_notice_another_vector()
    {
        await using var hub = await Simulated.StartAsync();
        using var socket = Client(hub);
        var (plain, vector) = (Convert.ToBase64String("camera password"u8), Convert.ToBase64String("one"u8));

        var cipher = (string)(await PostAsync(socket, Path(hub, "encrypt"), new() { ["plaintext"] = plain, ["initializationVector"] = vector })).Body["ciphertext"]!;

        Assert.DoesNotContain("camera", Encoding.Latin1.GetString(Convert.FromBase64String(cipher)), StringComparison.Ordinal);
        Assert.Equal(plain, (string?)(await PostAsync(socket, Path(hub, "decrypt"), new() { ["ciphertext"] = cipher, ["initializationVector"] = vector })).Body["plaintext"]);
        var (status, answer) = await PostAsync(socket, Path(hub, "decrypt"), new() { ["ciphertext"] = cipher, ["initializationVector"] = Convert.ToBase64String("two"u8) });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotNull(answer["message"]);
    }

    [Fact]
    public async Task The_trust_bundle_is_PEM_and_signs_what_the_hub_shows()
    {
        await using var hub = await Simulated.StartAsync();
        using var socket = Client(hub);

        var answer = JsonNode.Parse(await socket.GetStringAsync("trust-bundle" + Version, Stop))!;

        var bundle = new X509Certificate2Collection();
        bundle.ImportFromPem((string?)answer["certificate"]);
        Assert.Equal(hub.Authorities()[0].RawData, Assert.Single(bundle).RawData);
    }

    [Theory]
    [InlineData("a generation that is over", "modules/vision/genid/0/sign", 404)]
    [InlineData("an unknown module", "modules/nobody/genid/{g}/sign", 404)]
    [InlineData("another module's socket", "modules/other/genid/{g}/sign", 403)]
    [InlineData("an unknown verb", "modules/vision/genid/{g}/shred", 404)]
    [InlineData("no base64", "modules/vision/genid/{g}/sign", 400)]
    [InlineData("percent-encoded ids", "modules/%76ision/genid/{g}/encrypt", 400)]
    public async Task A_wrong_call_is_answered_with_a_message(string name, string path, int expected)
    {
        await using var hub = await Simulated.StartAsync();
        using var socket = Client(hub);

        var (status, answer) = await PostAsync(socket, path.Replace("{g}", Generation(hub), StringComparison.Ordinal) + Version, new() { ["data"] = "?" });

        Assert.True(expected == (int)status, $"{name}: {status}");
        Assert.NotNull(answer["message"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(socket, $"modules/vision/genid/{Generation(hub)}/sign", [])).Status); // no api-version
    }

    [Fact]
    public async Task Answers_have_a_length_unless_chunks_are_asked_for()
    {
        await using var hub = await Simulated.StartAsync();
        using (var socket = Client(hub))
        using (var answer = await socket.GetAsync("trust-bundle" + Version, Stop)) Assert.Null(answer.Headers.TransferEncodingChunked);

        await hub.PostAsync("fault/chunked");

        using (var socket = Client(hub))
        using (var answer = await socket.GetAsync("trust-bundle" + Version, Stop)) Assert.True(answer.Headers.TransferEncodingChunked);
    }

    [Fact]
    public async Task The_eleventh_connection_at_a_time_is_closed_without_an_answer()
    {
        await using var hub = await Simulated.StartAsync();
        var open = new List<Socket>();
        try
        {
            for (var i = 0; i < 10; i++)
            {
                open.Add(await ConnectAsync(hub));
                Assert.StartsWith("HTTP/1.1 200", await AskAsync(open[^1]), StringComparison.Ordinal);
            }

            using var eleventh = await ConnectAsync(hub);
            Assert.Equal("", await AskAsync(eleventh));
            open[0].Dispose();
            Assert.StartsWith("HTTP/1.1 200", await AskUntilServedAsync(hub), StringComparison.Ordinal);
        }
        finally
        {
            open.ForEach(s => s.Dispose());
        }
    }

    [Fact]
    public async Task With_drop_11th_every_eleventh_is_closed_however_few_are_open()
    {
        await using var hub = await Simulated.StartAsync(Fault.DropEleventh);
        var served = 0;
        for (var i = 0; i < 33; i++)
        {
            using var socket = await ConnectAsync(hub);
            if ((await AskAsync(socket)).StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) served++;
        }

        Assert.Equal(30, served);
    }

    /// <summary>The place of a connection that was just closed is free a moment later.</summary>
    private static async Task<string> AskUntilServedAsync(Simulated hub)
    {
        for (var i = 0; ; i++)
        {
            using var socket = await ConnectAsync(hub);
            var answer = await AskAsync(socket);
            if (answer.Length > 0 || i == 1000) return answer;
        }
    }

    private static async Task<Socket> ConnectAsync(Simulated hub)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(hub.Simulator.SocketPath), Stop);
        return socket;
    }

    /// <summary>The first bytes of the answer; none when there is no answer.</summary>
    private static async Task<string> AskAsync(Socket socket)
    {
        var buffer = new byte[1024];
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /trust-bundle{Version} HTTP/1.1\r\nHost: localhost\r\n\r\n"), Stop);
            return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, Stop).AsTask().WaitAsync(Simulated.Patience, Stop));
        }
        catch (SocketException)
        {
            return "";
        }
    }

    private static string Generation(Simulated hub) => hub.Simulator.Environment.Single(v => v.Name == "IOTEDGE_MODULEGENERATIONID").Value;

    private static string Path(Simulated hub, string verb) => $"modules/{Simulated.Module}/genid/{Generation(hub)}/{verb}{Version}";

    private static HttpClient Client(Simulated hub) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, stopping) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(hub.Simulator.SocketPath), stopping);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("http://localhost") };

    private static async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(HttpClient socket, string path, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await socket.PostAsync(path, content, Stop);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!);
    }
}
