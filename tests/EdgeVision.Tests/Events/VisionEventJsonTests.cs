using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using EdgeVision.Events;
using EdgeVision.Geometry;

namespace EdgeVision.Tests.Events;

public sealed class VisionEventJsonTests
{
    [Fact]
    public void A_frame_event_is_written_as_the_documentation_shows()
    {
        var json = Write(Some.Frame("door", Some.Detection(0, 0.91234f, 64, 48, 128, 96)), 7, 3);

        Assert.Equal(
            """
            {"specversion":"1.0","id":"01997a5e-0000-7000-8000-000000000001","source":"/devices/press-4/modules/edgevision","type":"io.edgevision.frame.v1","subject":"cameras/door","time":"2026-11-22T09:30:15.250Z","datacontenttype":"application/json","dataschema":"urn:edgevision:schema:event:v1#/$defs/frame","sequence":"00000000000000000007","camerasequence":"00000000000000000003","severity":"info","data":{"node":"press-4","camera":"door","configVersion":"3f2a91c0aa11","clock":"synchronised","origin":"edge","model":{"name":"tiny","version":"1.0","sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"frame":12,"width":640,"height":480,"objects":[{"label":"person","classId":0,"confidence":0.9123,"box":{"left":0.1,"top":0.1,"width":0.2,"height":0.2}}],"timingsMs":{"wait":1.25,"decode":3,"preprocess":0.1,"infer":22.5,"postprocess":0.06}}}
            """,
            json);
    }

    [Fact]
    public void A_picture_is_named_beside_the_data_of_a_frame_and_of_a_pulse()
    {
        var seen = Some.Frame("door", Some.Detection()) with { Picture = new PictureReference("evidence/door/2026-11-22/x.jpg", new string('b', 64)) };
        foreach (var vision in (VisionEvent[])[seen, Some.Triggered("door") with { Seen = seen }])
        {
            using var json = JsonDocument.Parse(Write(vision, 7, 3));
            Assert.Equal("evidence/door/2026-11-22/x.jpg", json.RootElement.GetProperty("dataref").GetString());
            Assert.Equal(new string('b', 64), json.RootElement.GetProperty("datasha256").GetString());
        }
    }

    [Fact]
    public void The_example_in_the_documentation_is_what_is_written()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "events.md"));
        var begin = document.IndexOf("```json\n", StringComparison.Ordinal) + "```json\n".Length;
        var example = JsonNode.Parse(document[begin..document.IndexOf("```", begin, StringComparison.Ordinal)]);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Write(Some.Frame("door", Some.Detection(0, 0.91234f, 64, 48, 128, 96)), 7, 3)), example), "docs/events.md shows something else.");
    }

    [Fact]
    public void A_lost_camera_says_why_and_when_it_is_tried_again()
    {
        var data = Data(new CameraEvent { Camera = "door", Time = Some.Moment, State = CameraState.Lost, Reason = "No such file. Name another.", Attempt = 2, RetryIn = TimeSpan.FromSeconds(1.5) }, 1);

        Assert.Equal("lost", data.GetProperty("state").GetString());
        Assert.Equal("No such file. Name another.", data.GetProperty("reason").GetString());
        Assert.Equal(2, data.GetProperty("attempt").GetInt32());
        Assert.Equal(1500, data.GetProperty("retryInMs").GetDouble());
    }

    [Fact]
    public void An_event_of_the_node_has_no_camera_and_no_camera_sequence()
    {
        using var json = JsonDocument.Parse(Write(new SystemEvent { Time = Some.Moment, Kind = SystemEventKind.Started, Message = "Up." }, 1, 0));

        Assert.Equal("node", json.RootElement.GetProperty("subject").GetString());
        Assert.False(json.RootElement.TryGetProperty("camerasequence", out _));
        Assert.False(json.RootElement.GetProperty("data").TryGetProperty("camera", out _));
    }

    [Fact]
    public void Ids_are_version_7_and_stay_the_same_for_one_event()
    {
        var happened = new SystemEvent { Time = Some.Moment, Kind = SystemEventKind.Started, Message = "Up." };

        Assert.Equal(7, happened.Id.Version);
        Assert.Equal(happened.Id, happened.Id);
        Assert.NotEqual(happened.Id, new SystemEvent { Time = Some.Moment, Kind = SystemEventKind.Started, Message = "Up." }.Id);
    }

    [Fact]
    public void Boxes_stay_within_the_frame_whatever_the_detector_says() =>
        Gen.Select(Gen.Float[-1e4f, 1e4f], Gen.Float[-1e4f, 1e4f], Gen.Float[0, 1e4f], Gen.Float[0, 1e4f]).Sample((left, top, width, height) =>
        {
            var box = Data(Some.Frame("door", Some.Detection(1, 0.5f, left, top, width, height)), 1).GetProperty("objects")[0].GetProperty("box");
            foreach (var name in (string[])["left", "top", "width", "height"]) Assert.InRange(box.GetProperty(name).GetDouble(), 0, 1);
            Assert.InRange(box.GetProperty("left").GetDouble() + box.GetProperty("width").GetDouble(), 0, 1.00002);
            Assert.InRange(box.GetProperty("top").GetDouble() + box.GetProperty("height").GetDouble(), 0, 1.00002);
        });

    [Fact]
    public void Landmarks_stand_with_their_object_as_shares_of_the_frame()
    {
        Point[] points = [new(1, 1), new(2, 2), new(64, 48), new(-5, 9999)];
        var frame = Some.Frame("door", Some.Detection(), Some.Detection() with { Landmarks = 2 }) with { Landmarks = points, LandmarksPerObject = 2 };
        var objects = Data(frame, 1).GetProperty("objects");
        Assert.False(objects[0].TryGetProperty("landmarks", out _));
        Assert.Equal("""[{"x":0.1,"y":0.1},{"x":0,"y":1}]""", objects[1].GetProperty("landmarks").GetRawText());
        Assert.Equal([new Point(64, 48), new Point(-5, 9999)], (frame with { Landmarks = [.. points.ToList()] }).LandmarksOf(frame.Objects[1]).ToArray());
    }

    [Fact]
    public void A_pulse_with_its_frame_is_written_as_the_documentation_shows()
    {
        var json = JsonNode.Parse(Write(Some.Triggered("door", Some.Detection(0, 0.91234f, 64, 48, 128, 96)), 8, 4))!;

        Assert.Equal("io.edgevision.rule.v1", json["type"]!.GetValue<string>());
        Assert.Equal("urn:edgevision:schema:event:v1#/$defs/rule", json["dataschema"]!.GetValue<string>());
        Assert.Equal(
            """
            {"node":"press-4","camera":"door","configVersion":"3f2a91c0aa11","clock":"synchronised","origin":"edge","kind":"trigger","trigger":"eye","line":"gpiochip0/17","edge":41,"edgeTime":"2026-11-22T09:30:15.229877Z","outcome":"matched","shot":1,"burst":1,"differenceMs":20.123,"instant":"exposureStart","model":{"name":"tiny","version":"1.0","sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"frame":12,"width":640,"height":480,"objects":[{"label":"person","classId":0,"confidence":0.9123,"box":{"left":0.1,"top":0.1,"width":0.2,"height":0.2}}],"timingsMs":{"wait":1.25,"decode":3,"preprocess":0.1,"infer":22.5,"postprocess":0.06}}
            """,
            json["data"]!.ToJsonString());
    }

    [Fact]
    public void The_examples_of_every_family_in_the_documentation_are_what_is_written()
    {
        var examples = File.ReadLines(Path.Combine(Repository.Root, "docs", "events.md")).Where(static l => l.StartsWith("{ \"", StringComparison.Ordinal)).Select(static l => JsonNode.Parse(l)).ToList();
        VisionEvent[] events = [Some.Triggered("door", Some.Detection(0, 0.91234f, 64, 48, 128, 96)), .. Some.Explanations("door"), .. Some.News("door")];
        foreach (var happened in events)
        {
            var data = JsonNode.Parse(Write(happened, 1, 1))!["data"]!.AsObject();
            foreach (var shared in (string[])["node", "configVersion", "clock", "origin"]) data.Remove(shared);
            Assert.True(examples.Exists(e => JsonNode.DeepEquals(e, data)), $"docs/events.md lacks {data.ToJsonString()}");
        }

        Assert.Equal(Enum.GetValues<EventFamily>().Where(static f => f is not EventFamily.Frame).Order(), events.Select(static e => e.Family).Distinct().Order());
    }

    [Fact]
    public void A_frame_before_the_edge_has_a_negative_difference_and_nothing_has_none()
    {
        Assert.Equal("-0.5", Data(Some.Triggered("door") with { Difference = TimeSpan.FromMilliseconds(-0.5) }, 1).GetProperty("differenceMs").GetRawText());
        Assert.Equal("0", Data(Some.Triggered("door") with { Difference = TimeSpan.FromTicks(-1) }, 1).GetProperty("differenceMs").GetRawText());
        Assert.Equal("estimatedExposureStart", Data(Some.Triggered("door") with { IsEstimated = true }, 1).GetProperty("instant").GetString());
    }

    private static JsonElement Data(VisionEvent vision, long cameraSequence)
    {
        using var json = JsonDocument.Parse(Write(vision, 1, cameraSequence));
        return json.RootElement.GetProperty("data").Clone();
    }

    private static string Write(VisionEvent vision, long sequence, long cameraSequence)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes)) VisionEventJson.Write(json, vision, sequence, cameraSequence, Some.Node);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
