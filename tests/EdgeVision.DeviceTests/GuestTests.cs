using System.Buffers.Binary;
using System.Text;
using EdgeVision.Capture.Kernel;

namespace EdgeVision.DeviceTests;

/// <summary>What all other device tests stand on: the drivers are there, under the numbers that the tests know them by.</summary>
public sealed class GuestTests
{
    // _IOR('V', 0, struct v4l2_capability) of 104 bytes, and _IOR(0xB4, 1, struct gpiochip_info) of 68: spelled here, so that the layers under test are not their own judges.
    private const uint QueryCapabilities = 0x80685600, ChipInformation = 0x8044B401;

    [Theory]
    [InlineData(0, "vivid")]
    [InlineData(1, "vivid")]
    [InlineData(10, "v4l2 loopback")]
    [InlineData(11, "v4l2 loopback")]
    public void Cameras_answer_with_their_driver(int number, string driver)
    {
        Guest.Require();
        Assert.Equal(driver, Text(Ask($"/dev/video{number}", QueryCapabilities, 104).AsSpan(0, 16)));
    }

    [Fact]
    public void Chip_has_eight_lines()
    {
        Guest.Require();
        Assert.Equal(8u, BinaryPrimitives.ReadUInt32LittleEndian(Ask($"/dev/gpiochip{Guest.GpioChip}", ChipInformation, 68).AsSpan(64)));
    }

    [Fact]
    public void Levels_can_be_set_from_outside()
    {
        Guest.Require();
        foreach (var (pull, level) in new[] { ("pull-up", "1"), ("pull-down", "0") })
        {
            File.WriteAllText(Path.Combine(Guest.GpioSysfs, "sim_gpio0", "pull"), pull);
            Assert.Equal(level, File.ReadAllText(Path.Combine(Guest.GpioSysfs, "sim_gpio0", "value")).Trim());
        }
    }

    private static unsafe byte[] Ask(string path, uint request, int size)
    {
        var answer = new byte[size];
        Assert.Equal(Errno.None, Libc.Open(path, out var device));
        using (device)
        {
            fixed (byte* pointer = answer) Assert.Equal(Errno.None, Libc.Ioctl(device, request, pointer));
        }
        return answer;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes[..bytes.IndexOf((byte)0)]);
}
