using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.Cloud;
using EdgeVision.Cloud.Models;
using EdgeVision.Cloud.Protocol;
using EdgeVision.Configuration;
using EdgeVision.IntegrationTests.Module;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Cloud;

public sealed class CloudServerTests
{
    private const string Infer = "v2/models/echo/infer", Look = "v2/models/nanodet-g-416-detect/infer";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_says_what_it_is_and_what_it_has()
    {
        await using var cloud = await RunningCloud.StartAsync();
        Assert.Equal("""["binary_tensor_data"]""", (await JsonAsync(cloud, "v2"))["extensions"]!.ToJsonString());
        Assert.Equal("""["echo@2","echo-detect@2"]""", new JsonArray([.. (await JsonAsync(cloud, "v2/models"))["models"]!.AsArray().Select(static m => JsonValue.Create($"{m!["name"]}@{m["version"]}"))]).ToJsonString());
        var model = await JsonAsync(cloud, "v2/models/echo/versions/2");
        Assert.Equal("""{"name":"echo","versions":["2"],"platform":"onnxruntime_onnx","inputs":[{"name":"images","datatype":"FP32","shape":[-1,3,8,8]}],"outputs":[{"name":"output","datatype":"FP32","shape":[-1,1,9]}]}""", model.ToJsonString());
        foreach (var path in (string[])["v2/health/live", "v2/health/ready", "v2/models/echo/ready"]) Assert.Equal(HttpStatusCode.OK, (await cloud.Client.GetAsync(path, Stop)).StatusCode);
        foreach (var path in (string[])["v2/models/none", "v2/models/echo/versions/3", "v1", "v2/health/odd", "v2/models/echo/train"]) Assert.Equal(HttpStatusCode.NotFound, (await cloud.Client.GetAsync(path, Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await cloud.Client.GetAsync(Infer, Stop)).StatusCode);
    }

    [Fact]
    public async Task Json_and_bytes_give_the_same_answer()
    {
        await using var cloud = await RunningCloud.StartAsync();
        var (status, json) = await cloud.AskAsync(Infer, RunningCloud.Echo(7));
        Assert.Equal(200, status);
        Assert.Equal("""{"model_name":"echo","model_version":"2","id":"7","outputs":[{"name":"output","datatype":"FP32","shape":[1,1,9],"data":[7,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5]}]}""", json.ToJsonString());

        var header = Encoding.UTF8.GetBytes("""{"inputs":[{"name":"images","shape":[1,3,8,8],"datatype":"FP32","parameters":{"binary_data_size":768}}],"outputs":[{"name":"output","parameters":{"binary_data":true}}]}""");
        var picture = Enumerable.Repeat(0.5f, 192).ToArray();
        picture[0] = 7;
        using var answer = await cloud.PostAsync(Infer, [.. header, .. MemoryMarshal.AsBytes<float>(picture)], header.Length);
        var length = int.Parse(answer.Headers.GetValues("Inference-Header-Content-Length").Single(), System.Globalization.CultureInfo.InvariantCulture);
        var bytes = await answer.Content.ReadAsByteArrayAsync(Stop);
        Assert.Equal(36, (int)JsonNode.Parse(bytes.AsSpan(0, length))!["outputs"]![0]!["parameters"]!["binary_data_size"]!);
        Assert.Equal([7, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f], MemoryMarshal.Cast<byte, float>(bytes.AsSpan(length)).ToArray());
    }

    [Fact]
    public async Task Requests_of_many_clients_run_together_and_each_gets_its_own_rows()
    {
        await using var cloud = await RunningCloud.StartAsync(static o => o with { MaxBatch = 16, MaxDelay = TimeSpan.FromMilliseconds(300) });
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => cloud.AskAsync(Infer, RunningCloud.Echo(i))));
        for (var i = 0; i < 16; i++) Assert.Equal(i, (int)answers[i].Body["outputs"]![0]!["data"]![0]!);
        Assert.True(cloud.Models.Single().OfTensors.Batched > 0);
        Assert.InRange(cloud.Models.Single().OfTensors.Runs, 1, 15);
    }

    [Fact]
    public async Task A_picture_gives_what_a_node_finds_in_it()
    {
        await using var cloud = await RunningCloud.StartAsync(bundled: true);
        var jpeg = await File.ReadAllBytesAsync(Repository.Asset("people/sample1.jpg"), Stop);
        var (status, seen) = await cloud.AskAsync(Look, $$"""{"inputs":[{"name":"image","shape":[1],"datatype":"BYTES","data":["{{Convert.ToBase64String(jpeg)}}"]}]}""");
        Assert.True(status == 200, seen.ToJsonString());
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("detect", Repository.Asset("people/sample1.jpg"), "--format", "json");
        Assert.True(code == 0, stderr);
        var found = JsonNode.Parse(stdout)!;
        var objects = (found["images"]?[0] ?? found)["objects"]!.AsArray();
        // The command decodes the whole picture, the server only as much of it as the model looks at: what is sure is the same.
        var people = objects.Count(static o => (string)o!["label"]! == "person" && (double)o["confidence"]! > 0.6);
        Assert.NotEqual(0, people);
        Assert.Equal(people, Output(seen, "labels").Zip(Output(seen, "scores")).Count(static p => (string)p.First! == "person" && (double)p.Second! > 0.6));
        Assert.Equal(Output(seen, "scores").Count * 4, Output(seen, "boxes").Count);

        var header = Encoding.UTF8.GetBytes($$$"""{"inputs":[{"name":"image","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":{{{jpeg.Length + 4}}} } }]}""");
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, jpeg.Length);
        using var answer = await cloud.PostAsync(Look, [.. header, .. length, .. jpeg], header.Length);
        Assert.Equal(seen.ToJsonString(), await answer.Content.ReadAsStringAsync(Stop));
    }

    /// <summary>Body, part of the sentence.</summary>
    public static TheoryData<string, string> Mistakes => new()
    {
        { "", "not JSON" },
        { "[]", "'inputs' is missing" },
        { """{"inputs":[]}""", "'inputs' is missing" },
        { """{"inputs":[{"name":"images"}]}""", "needs 'name', 'datatype' and 'shape'" },
        { """{"inputs":[{"name":"images","shape":[1,3,8,8],"datatype":"FP31","data":[]}]}""", "a datatype of the protocol" },
        { """{"inputs":[{"name":"images","shape":[4000000000,4000000000,4000000000],"datatype":"FP32","data":[]}]}""", "at most 2 GB" },
        { """{"inputs":[{"name":"images","shape":[-1,3,8,8],"datatype":"FP32","data":[]}]}""", "a shape of at most 2 GB" },
        { """{"inputs":[{"name":"images","shape":[1,3,8,8],"datatype":"FP32","data":[1,2,3]}]}""", "is not 192 values of FP32" },
        { """{"inputs":[{"name":"images","shape":[1],"datatype":"FP32","data":["x"]}]}""", "is not 1 values of FP32" },
        { """{"inputs":[{"name":"images","shape":[1],"datatype":"FP32"}]}""", "neither 'data' nor" },
        { """{"inputs":[{"name":"images","shape":[1],"datatype":"FP32","parameters":{"binary_data_size":4}}]}""", "0 follow the JSON" },
        { """{"inputs":[{"name":"picture","shape":[1],"datatype":"FP32","data":[1]}]}""", "'images' FP32 [-1,3,8,8] was expected" },
        { """{"inputs":[{"name":"images","shape":[1,1],"datatype":"FP32","data":[1]}]}""", "'images' FP32 [-1,3,8,8] was expected" },
        { RunningCloud.Echo(1, ""","outputs":[{"name":"nothing"}]"""), "no output 'nothing'; there are output" },
        { RunningCloud.Echo(1, ""","outputs":[{}]"""), "has no 'name'" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_told_in_one_sentence(string body, string part)
    {
        await using var cloud = await RunningCloud.StartAsync();
        var (status, said) = await cloud.AskAsync(Infer, body);
        Assert.Equal(400, status);
        Assert.Contains(part, (string)said["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_much_is_refused_and_who_comes_again_is_served()
    {
        await using var cloud = await RunningCloud.StartAsync(static o => o with { Queue = 1, MaxRequestBytes = 400_000 }, bundled: true);
        using var large = await cloud.PostAsync(Infer, new byte[500_000]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        var batch = await cloud.AskAsync(Infer, $$"""{"inputs":[{"name":"images","shape":[9,3,8,8],"datatype":"FP32","data":[{{string.Join(',', Enumerable.Repeat(1, 9 * 192))}}]}]}""");
        Assert.Equal((400, true), (batch.Status, ((string)batch.Body["error"]!).Contains("(MaxBatch)", StringComparison.Ordinal)));

        var jpeg = Convert.ToBase64String(await File.ReadAllBytesAsync(Repository.Asset("people/sample1.jpg"), Stop));
        var body = $$"""{"inputs":[{"name":"image","shape":[1],"datatype":"BYTES","data":["{{jpeg}}"]}]}""";
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => cloud.PostAsync(Look, Encoding.UTF8.GetBytes(body))));
        Assert.Contains(answers, static a => a.StatusCode is HttpStatusCode.OK);
        var refused = answers.Where(static a => a.StatusCode is not HttpStatusCode.OK).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, static a => Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)), (a.StatusCode, a.Headers.RetryAfter!.Delta!.Value)));
        foreach (var answer in answers) answer.Dispose();
        Assert.Equal(200, (await cloud.AskAsync(Look, body)).Status);
        Assert.Contains("edgevision_cloud_requests_total{model=\"nanodet-g-416\",version=\"1.0.0\",by=\"images\",outcome=\"full\"} " + refused.Count, await cloud.Client.GetStringAsync("metrics", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_takes_too_long_is_told_so_and_the_server_goes_on()
    {
        await using var cloud = await RunningCloud.StartAsync(static o => o with { Timeout = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(400) });
        var (status, said) = await cloud.AskAsync(Infer, RunningCloud.Echo(1));
        Assert.Equal(503, status);
        Assert.Contains("longer than 20 ms", (string)said["error"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await cloud.Client.GetAsync("v2/health/ready", Stop)).StatusCode);
    }

    [Fact]
    public async Task What_runs_at_the_end_is_answered()
    {
        var cloud = await RunningCloud.StartAsync(static o => o with { MaxDelay = TimeSpan.FromMilliseconds(700) });
        var running = cloud.AskAsync(Infer, RunningCloud.Echo(3));
        while (cloud.Models.Single().OfTensors.Waiting == 0 && cloud.Models.Single().OfTensors.Runs == 0 && !running.IsCompleted) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Stop);
        await cloud.StopAsync();
        Assert.Equal(200, (await running).Status);
        await cloud.DisposeAsync();
    }

    [Fact]
    public async Task Only_who_has_the_key_is_served_and_it_can_be_renewed()
    {
        using var folder = new TempFolder();
        var file = folder.Write("key", "first\n"u8);
        await using var cloud = await RunningCloud.StartAsync(o => o with { ApiKeyFile = file });
        Assert.Equal(HttpStatusCode.Unauthorized, (await cloud.Client.GetAsync("v2", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await cloud.Client.GetAsync("v2/health/live", Stop)).StatusCode);
        cloud.Client.DefaultRequestHeaders.Add("X-API-Key", "first");
        Assert.Equal(HttpStatusCode.OK, (await cloud.Client.GetAsync("v2", Stop)).StatusCode);
        await File.WriteAllTextAsync(file, "second", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, (await cloud.Client.GetAsync("v2", Stop)).StatusCode);
        cloud.Client.DefaultRequestHeaders.Remove("X-API-Key");
        cloud.Client.DefaultRequestHeaders.Authorization = new("Bearer", "second");
        Assert.Equal(HttpStatusCode.OK, (await cloud.Client.GetAsync("v2", Stop)).StatusCode);
        File.Delete(file);
        Assert.Equal(HttpStatusCode.Unauthorized, (await cloud.Client.GetAsync("v2", Stop)).StatusCode);
    }

    [Fact]
    public async Task Mutual_tls_lets_in_who_the_authority_has_signed()
    {
        using var folder = new TempFolder();
        var certificates = new Certificates(folder.Path);
        var (server, serverKey) = certificates.Issue("localhost", "DNS:localhost,IP:127.0.0.1");
        var (client, clientKey) = certificates.Issue("node", "DNS:node", "clientAuth");
        await using var cloud = await RunningCloud.StartAsync(o => o with { CertificateFile = server, KeyFile = serverKey, ClientCaFile = certificates.Authority });
        Assert.Equal("https", cloud.Address.Scheme);

        Assert.Equal("200", await CurlAsync(cloud, "--cert", client, "--key", clientKey, "--cacert", certificates.Authority));
        Assert.Equal("000", await CurlAsync(cloud, "--cacert", certificates.Authority));
        Assert.Equal("000", await CurlAsync(cloud, "--cert", server, "--key", serverKey, "--cacert", certificates.Authority));
    }

    /// <summary>Nothing of ours: curl, and Python's standard library.</summary>
    [Fact]
    public async Task An_independent_client_gets_the_same_by_json_and_by_bytes()
    {
        await using var cloud = await RunningCloud.StartAsync(bundled: true);
        using var folder = new TempFolder();
        var request = folder.Write("request.json", Encoding.UTF8.GetBytes(RunningCloud.Echo(5)));
        var said = JsonNode.Parse(await ChildProcess.OutputOfAsync("curl", ["-s", "-d", "@" + request, $"{cloud.Address}{Infer}"]))!;
        Assert.Equal(5, (int)said["outputs"]![0]!["data"]![0]!);
        Assert.Equal("same 2 persons", (await ChildProcess.OutputOfAsync("/usr/bin/python3", [Repository.PathOf("samples", "cloud", "client.py"), $"{cloud.Address}", "nanodet-g-416", Repository.Asset("people/sample1.jpg"), "--check", "person"])).Trim());
    }

    [Fact]
    public void Whatever_the_bytes_the_reader_gives_a_request_or_a_sentence()
    {
        var random = new Random(7);
        var header = Encoding.UTF8.GetBytes("""{"id":"x","inputs":[{"name":"a","shape":[2,2],"datatype":"INT16","parameters":{"binary_data_size":8}},{"name":"b","shape":[2],"datatype":"BYTES","data":["QQ==","Qg=="]},{"name":"c","shape":[2,1],"datatype":"BOOL","data":[[true],[false]]}],"outputs":[{"name":"o","parameters":{"binary_data":true}}],"parameters":{"binary_data_output":true}}""");
        byte[] whole = [.. header, .. new byte[8]];
        Assert.NotNull(InferRequestReader.Read(whole, header.Length, out _));
        var (read, refused) = (0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = whole.ToArray();
            for (var damage = random.Next(1, 4); damage > 0; damage--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var length = random.Next(4) == 0 ? random.Next(-5, bytes.Length + 5) : header.Length;
            if (InferRequestReader.Read(bytes.AsMemory(0, random.Next(8) == 0 ? random.Next(bytes.Length) : bytes.Length), random.Next(9) == 0 ? null : length, out var error) is { } request)
            {
                read++;
                Assert.All(request.Inputs, static t => Assert.True(t.Type == TensorType.Bytes || t.Data.Length == Tensor.Count(t.Shape) * TensorType.SizeOf(t.Type)));
            }
            else
            {
                refused++;
                Assert.NotEqual("", error);
            }
        }

        Assert.InRange(read, 500, 19_500);
        Assert.InRange(refused, 500, 19_500);
    }

    [Fact]
    public void Beyond_loopback_it_wants_tls()
    {
        static IReadOnlyList<ConfigurationMistake> Of(string json) => OptionsReading.Read(ConfigurationTree.Parse(Encoding.UTF8.GetBytes($$"""{"EdgeVision":{{json}}}"""), "it", "/", out _)!, CloudOptions.Read).Mistakes;
        Assert.Empty(Of("""{"Address":"127.0.0.1"}"""));
        Assert.Contains("say AllowPlainHttp", Assert.Single(Of("""{"Address":"0.0.0.0"}""")).ToString(), StringComparison.Ordinal);
        Assert.Empty(Of("""{"Address":"0.0.0.0","AllowPlainHttp":true}"""));
        Assert.Equal(2, Of("""{"CertificateFile":"a.pem","Address":"x"}""").Count);
        Assert.Contains("needs TLS", Assert.Single(Of("""{"ClientCaFile":"ca.pem"}""")).ToString(), StringComparison.Ordinal);
    }

    /// <summary>Status of the answer; 000 of a connection that did not come about.</summary>
    private static Task<string> CurlAsync(RunningCloud cloud, params string[] more) =>
        ChildProcess.OutputOfAsync("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", .. more, $"https://localhost:{cloud.Address.Port}/v2"]);

    private static JsonArray Output(JsonNode answer, string name) => answer["outputs"]!.AsArray().Single(o => (string)o!["name"]! == name)!["data"]!.AsArray();

    private static async Task<JsonNode> JsonAsync(RunningCloud cloud, string path) => JsonNode.Parse(await cloud.Client.GetStringAsync(path, Stop))!;
}
