using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.Cloud;
using EdgeVision.Configuration;
using EdgeVision.IntegrationTests.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Cloud;

/// <summary>The inference server on a port of its own, with a toy whose answers are known and, where asked for, the bundled model.</summary>
internal sealed class RunningCloud : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private CloudServer? _server;

    public Uri Address => _server!.Address;

    public HttpClient Client { get; } = new();

    public IReadOnlyList<EdgeVision.Cloud.Models.ServedModel> Models => _server!.Models;

    /// <param name="change">Of the default options; the port is free in any case.</param>
    /// <param name="bundled">With the bundled model.</param>
    public static async Task<RunningCloud> StartAsync(Func<CloudOptions, CloudOptions>? change = null, bool bundled = false)
    {
        var cloud = new RunningCloud();
        var models = cloud._folder.PathOf("models");
        // The first nine numbers of each picture come out as they went in.
        using (var toy = ToyModel.Of(
            new ToyGraph().Input("images", ToyGraph.Float32, -1, 3, 8, 8).Constant("flat", [3], 0L, 1L, 192L).Node("Reshape", "images flat", "rows")
                .Constant("from", [1], 0L).Constant("to", [1], 9L).Constant("axis", [1], 2L).Node("Slice", "rows from to axis", "output").Output("output", ToyGraph.Float32, -1, 1, 9),
            static manifest => (manifest["name"], manifest["version"]) = ("echo", "2")))
        {
            Copy(toy.Folder, Path.Combine(models, "echo", "2"));
        }

        if (bundled) Copy(Repository.BundledModel, Path.Combine(models, "nanodet"));
        var options = OptionsReader.Defaults(CloudOptions.Read) with { Models = models, Port = 0 };
        cloud._server = await CloudServer.StartAsync(change?.Invoke(options) ?? options, TimeProvider.System, NullLogger.Instance);
        cloud.Client.BaseAddress = cloud._server.Address;
        return cloud;
    }

    public async ValueTask StopAsync()
    {
        if (_server is { } server) await server.DisposeAsync();
        _server = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Client.Dispose();
        _folder.Dispose();
    }

    public Task<HttpResponseMessage> PostAsync(string path, byte[] body, int? jsonLength = null)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(jsonLength is null ? "application/json" : "application/octet-stream");
        if (jsonLength is { } length) content.Headers.Add("Inference-Header-Content-Length", $"{length}");
        return Client.PostAsync(path, content, TestContext.Current.CancellationToken);
    }

    public async Task<(int Status, JsonNode Body)> AskAsync(string path, string json)
    {
        using var answer = await PostAsync(path, Encoding.UTF8.GetBytes(json));
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }

    /// <summary>A picture of the toy, whose first number is <paramref name="first"/>, as JSON.</summary>
    public static string Echo(float first, string more = "") => $$"""{"id":"{{first}}","inputs":[{"name":"images","shape":[1,3,8,8],"datatype":"FP32","data":[{{first}}{{string.Concat(Enumerable.Repeat(",0.5", 191))}}]}]{{more}}}""";

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
