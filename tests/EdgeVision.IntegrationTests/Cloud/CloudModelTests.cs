using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.Azure.Cloud;
using EdgeVision.Configuration;

namespace EdgeVision.IntegrationTests.Cloud;

public sealed class CloudModelTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static CloudModelOptions Options(Uri url, string more = "") =>
        OptionsReading.Read(ConfigurationTree.Parse(Encoding.UTF8.GetBytes($$$"""{"EdgeVision":{"Url":"{{{url}}}","Model":"nanodet-g-416"{{{more}}} } }"""), "it", "/", out _)!, CloudModelOptions.Read).Options;

    [Fact]
    public async Task It_asks_the_server_and_gets_objects_in_pixels_of_the_picture()
    {
        await using var cloud = await RunningCloud.StartAsync(static o => o with { ApiKey = "secret" }, bundled: true);
        var jpeg = await File.ReadAllBytesAsync(Repository.Asset("people/sample1.jpg"), Stop);
        using var model = new CloudModel(Options(cloud.Address) with { ApiKey = "secret" }, TimeProvider.System);
        var answer = await model.AskAsync(jpeg, Stop);
        Assert.Null(answer.Failure);
        Assert.Equal("nanodet-g-416-detect", answer.Model!.Name);
        Assert.Contains(answer.Objects!, o => answer.Model.Labels[o.ClassId] == "person" && o.Box.Width > 100);
        Assert.All(answer.Objects!, o => Assert.True(o.Box.Right <= answer.Width && o.Box.Bottom <= answer.Height));

        using var stranger = new CloudModel(Options(cloud.Address), TimeProvider.System);
        Assert.Contains("answered 401", (await stranger.AskAsync(jpeg, Stop)).Failure, StringComparison.Ordinal);
        using var nothing = new CloudModel(Options(cloud.Address) with { ApiKey = "secret", Model = "none" }, TimeProvider.System);
        Assert.Contains("There is no model 'none-detect'", (await nothing.AskAsync(jpeg, Stop)).Failure, StringComparison.Ordinal);
        Assert.Contains("answered 400", (await model.AskAsync(new byte[100], Stop)).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_away_silent_or_odd_is_a_sentence()
    {
        using var away = new CloudModel(Options(new Uri("http://127.0.0.1:9")), TimeProvider.System);
        Assert.Contains("cannot be reached", (await away.AskAsync(new byte[10], Stop)).Failure, StringComparison.Ordinal);
        using var silent = HttpServerDouble.Start(static async (_, _, _) => await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System));
        using var patient = new CloudModel(Options(new Uri($"http://127.0.0.1:{silent.Port}")) with { Timeout = TimeSpan.FromMilliseconds(200) }, TimeProvider.System);
        Assert.Contains("did not answer within 0.2 s", (await patient.AskAsync(new byte[10], Stop)).Failure, StringComparison.Ordinal);
        using var odd = HttpServerDouble.Start(static (_, _, response) => response.OutputStream.WriteAsync("<html>"u8.ToArray()).AsTask());
        using var lost = new CloudModel(Options(new Uri($"http://127.0.0.1:{odd.Port}")), TimeProvider.System);
        Assert.Contains("gave an answer that cannot be used", (await lost.AskAsync(new byte[10], Stop)).Failure, StringComparison.Ordinal);
        using var endless = HttpServerDouble.Start(static (_, _, response) => response.OutputStream.WriteAsync(new byte[5 << 20]).AsTask());
        using var full = new CloudModel(Options(new Uri($"http://127.0.0.1:{endless.Port}")), TimeProvider.System);
        Assert.Contains("more than 4 MB", (await full.AskAsync(new byte[10], Stop)).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_bytes_the_reader_gives_objects_within_the_picture_or_a_reason()
    {
        var json = Encoding.UTF8.GetBytes("""{"model_name":"m","model_version":"1","outputs":[{"name":"boxes","datatype":"FP32","shape":[1,4],"parameters":{"binary_data_size":16}},{"name":"scores","datatype":"FP32","shape":[1],"parameters":{"binary_data_size":4}},{"name":"labels","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":10}},{"name":"size","datatype":"INT32","shape":[2],"parameters":{"binary_data_size":8}}]}""");
        byte[] whole = [.. json, .. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f), .. BitConverter.GetBytes(30f), .. BitConverter.GetBytes(40f), .. BitConverter.GetBytes(0.5f), .. BitConverter.GetBytes(6), .. "person"u8, .. BitConverter.GetBytes(64), .. BitConverter.GetBytes(48)];
        Assert.Equal("person", CloudAnswerReader.Read(whole, json.Length, out _)!.Model!.Labels.Single());
        var (random, read, refused) = (new Random(5), 0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = whole.ToArray();
            for (var damage = random.Next(1, 4); damage > 0; damage--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var length = random.Next(10) == 0 ? random.Next(-2, bytes.Length + 3) : json.Length;
            if (CloudAnswerReader.Read(bytes.AsMemory(0, random.Next(10) == 0 ? random.Next(bytes.Length) : bytes.Length), length, out var error) is { } answer)
            {
                read++;
                Assert.All(answer.Objects!, o => Assert.True(o.Box.Left >= 0 && o.Box.Right <= answer.Width && o.Box.Bottom <= answer.Height && o.Confidence is >= 0 and <= 1 && o.ClassId < answer.Model!.Labels.Count));
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
    public void What_is_wrong_in_its_section_is_told_at_once()
    {
        var mistakes = OptionsReading.Read(ConfigurationTree.Parse("""{"EdgeVision":{"Url":"http://elsewhere/?k=v","Model":"a/b","Fallback":{"UncertainFrom":0.6}}}"""u8.ToArray(), "it", "/", out _)!, CloudModelOptions.Read).Mistakes;
        Assert.Equal(3, mistakes.Count);
        Assert.DoesNotContain("secret", (Options(new Uri("https://x")) with { ApiKey = "secret" }).ToString(), StringComparison.Ordinal);
    }
}
