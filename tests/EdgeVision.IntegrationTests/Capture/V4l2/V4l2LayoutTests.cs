using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using EdgeVision.Capture.V4l2;

namespace EdgeVision.IntegrationTests.Capture.V4l2;

/// <summary>Our structs against the kernel's, of x86-64 and arm64 (layout.golden says how it was made).</summary>
public class V4l2LayoutTests
{
    private static readonly string[][] Golden = [.. File.ReadAllLines(Repository.PathOf("tests", "EdgeVision.IntegrationTests", "Capture", "V4l2", "layout.golden"))
        .Where(static line => !line.StartsWith('#')).Select(static line => line.Split(' '))];

    [Fact]
    public void Structs_have_the_kernels_sizes()
    {
        foreach (var line in Golden.Where(static line => line[0] == "size"))
            Assert.True(Marshal.SizeOf(Struct(line[1])) == Number(line[2]), $"{line[1]} has {Marshal.SizeOf(Struct(line[1]))} bytes, the kernel's {line[2]}.");
    }

    [Fact]
    public void Fields_lie_where_the_kernel_puts_them()
    {
        foreach (var line in Golden.Where(static line => line[0] == "field"))
        {
            var name = line[1].Split('.');
            var offset = (int)Marshal.OffsetOf(Struct(name[0]), name[1]);
            Assert.True(offset == Number(line[2]), $"{line[1]} lies at {offset}, the kernel's at {line[2]}.");
        }
    }

    [Fact]
    public void Requests_have_the_kernels_numbers()
    {
        foreach (var line in Golden.Where(static line => line[0] == "request"))
        {
            var number = (uint)typeof(V4l2Abi).GetField(line[1])!.GetValue(null)!;
            Assert.True(number == uint.Parse(line[2], CultureInfo.InvariantCulture), $"{line[1]} is {number}, the kernel's is {line[2]}.");
        }
    }

    [Fact]
    public void Nothing_of_ours_is_left_unchecked()
    {
        var fields = Golden.Where(static line => line[0] == "field").Select(static line => line[1]).ToHashSet();
        // Rest: padding of a union, which its size covers.
        foreach (var type in typeof(V4l2Abi).GetNestedTypes().Where(static type => type is { IsValueType: true, IsEnum: false }))
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public).Where(field => $"{type.Name}.{field.Name}" != "Format.Rest"))
                Assert.Contains($"{type.Name}.{field.Name}", fields);
        }

        var requests = Golden.Where(static line => line[0] == "request").Select(static line => line[1]).ToHashSet();
        foreach (var request in typeof(V4l2Abi).GetFields().Where(static field => field is { IsInitOnly: true, IsStatic: true })) Assert.Contains(request.Name, requests);
    }

    private static Type Struct(string name) => typeof(V4l2Abi).GetNestedType(name) ?? throw new InvalidOperationException($"There is no struct {name}.");

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
