using System.Text.Json.Nodes;
using CsCheck;
using EdgeVision.Azure.Hub;

namespace EdgeVision.IntegrationTests.Azure;

public sealed class MergePatchTests
{
    /// <summary>RFC 7396, appendix A: those of its rows whose target and patch are objects.</summary>
    public static TheoryData<string, string, string> Rfc => new()
    {
        // target, patch, result
        { """{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""" },
        { """{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""" },
        { """{"a":"b"}""", """{"a":null}""", "{}" },
        { """{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""" },
        { """{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""" },
        { """{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""" },
        { """{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""" },
        { """{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""" },
        { """{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""" },
        { "{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""" },
    };

    [Theory]
    [MemberData(nameof(Rfc))]
    public void Rows_of_the_rfc_hold(string target, string patch, string result)
    {
        var json = Parse(target);
        MergePatch.Apply(json, Parse(patch));
        Assert.True(JsonNode.DeepEquals(Parse(result), json), json.ToJsonString());
    }

    [Fact]
    public void The_difference_makes_one_of_the_other_and_is_empty_between_equals() => Gen.Select(Objects, Objects).Sample((from, to) =>
    {
        var patch = MergePatch.Difference(from, to);
        var changed = (JsonObject)from.DeepClone();
        MergePatch.Apply(changed, patch);
        Assert.True(JsonNode.DeepEquals(changed, to), $"{from.ToJsonString()} + {patch.ToJsonString()} = {changed.ToJsonString()}, not {to.ToJsonString()}");
        Assert.Empty(MergePatch.Difference(changed, to));
    });

    private static readonly Gen<string> Names = Gen.Int[0, 2].Select(n => "abc"[n..(n + 1)]);

    private static readonly Gen<JsonNode> Leaves = Gen.OneOf<JsonNode>(
        Gen.Int[0, 2].Select(n => (JsonNode)n), Names.Select(s => (JsonNode)s), Gen.Int[0, 2].Array[0, 2].Select(a => (JsonNode)new JsonArray([.. a.Select(n => (JsonNode)n)])));

    private static readonly Gen<JsonObject> Objects = Below(3);

    private static Gen<JsonObject> Below(int depth) => Gen.Select(Names, depth == 0 ? Leaves : Gen.OneOf(Leaves, Below(depth - 1).Select(o => (JsonNode)o))).Array[0, 3].Select(pairs =>
    {
        var json = new JsonObject();
        foreach (var (name, value) in pairs) json[name] = value.DeepClone();
        return json;
    });

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
